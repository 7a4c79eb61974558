-- Made by scripts/generate-argocd.ts: do not edit, run `npm run generate`.
-- Approve exactly what status.pendingPlan shows now.
if obj.status == nil or obj.status.pendingPlan == nil then
  error("nothing of " .. obj.metadata.name .. " waits for approval: there is no status.pendingPlan")
end
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["emergency.twilio-operator.io/approve"] = obj.status.pendingPlan.hash
return obj
