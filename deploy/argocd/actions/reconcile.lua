-- Look again now and forget every backoff.
local os = require("os")

if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["emergency.twilio-operator.io/requested-at"] = os.date("!%Y-%m-%dT%XZ")
return obj
