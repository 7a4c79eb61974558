-- Write to Twilio again.
obj.spec.suspend = nil
return obj
