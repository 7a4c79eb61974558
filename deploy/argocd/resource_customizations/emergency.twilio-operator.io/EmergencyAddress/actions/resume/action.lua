-- Made by scripts/generate-argocd.ts: do not edit, run `npm run generate`.
-- Write to Twilio again.
obj.spec.suspend = nil
return obj
