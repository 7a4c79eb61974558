-- Made by scripts/generate-argocd.ts: do not edit, run `npm run generate`.
-- Which actions an object offers, and which of them make sense now.
local actions = {}

actions["reconcile"] = {["disabled"] = false}

-- An account cannot be suspended (managementPolicy: Observe is for that), and nothing of its own waits for approval.
if obj.kind ~= "TwilioAccount" then
  local suspended = obj.spec.suspend == true
  local plan = obj.status ~= nil and obj.status.pendingPlan or nil
  local annotations = obj.metadata.annotations or {}

  actions["suspend"] = {["disabled"] = suspended}
  actions["resume"] = {["disabled"] = not suspended}
  actions["approve"] = {
    ["disabled"] = plan == nil or annotations["emergency.twilio-operator.io/approve"] == plan.hash
  }
end

return actions
