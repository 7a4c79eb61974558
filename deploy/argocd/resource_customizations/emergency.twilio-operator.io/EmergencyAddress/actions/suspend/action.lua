-- Made by scripts/generate-argocd.ts: do not edit, run `npm run generate`.
-- Keep observing, write nothing to Twilio. Git must not say otherwise, or self-heal takes it back.
obj.spec.suspend = true
return obj
