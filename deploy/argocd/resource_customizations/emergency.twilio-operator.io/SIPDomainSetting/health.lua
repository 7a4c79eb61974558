-- Made by scripts/generate-argocd.ts: do not edit, run `npm run generate`.
-- Health of every kind of emergency.twilio-operator.io, as kstatus reads it. Only Stalled is Degraded: Argo CD gives a
-- sync up at the first Degraded and does not try the same commit again, so what heals by itself must not be called so.
local hs = {}

if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  hs.status = "Progressing"
  hs.message = "Waiting for the operator to look at this generation"
  return hs
end

local conditions = {}
for _, condition in ipairs(obj.status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is(type, status)
  return conditions[type] ~= nil and conditions[type].status == status
end

local ready = conditions["Ready"]
if ready ~= nil then
  hs.message = ready.message
end

if is("Stalled", "True") then
  hs.status = "Degraded"
elseif is("Reconciling", "True") then
  hs.status = "Progressing"
elseif ready ~= nil and ready.reason == "Suspended" then
  hs.status = "Suspended"
elseif is("Ready", "True") then
  hs.status = "Healthy"
else
  hs.status = "Progressing"
  hs.message = hs.message or "Waiting for the condition Ready"
end

return hs
