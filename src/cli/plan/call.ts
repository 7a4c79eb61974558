/** Writes as the HTTP calls that they are. */
import type { Write } from "../../plan/step.ts";

export interface Call {
  readonly method: "POST" | "DELETE";
  readonly path: string;
  /** Fields of the form; empty for DELETE. */
  readonly fields: Readonly<Record<string, string>>;
}

/** `nameOf` gives what stands for a sid, as those of Addresses that are not there yet. */
export function callOf(write: Write, accountSid: string, nameOf: (sid: string) => string): Call {
  const account = `/2010-04-01/Accounts/${accountSid}`;
  const number = (sid: string, fields: Call["fields"]): Call =>
    post(`${account}/IncomingPhoneNumbers/${sid}.json`, fields);
  const domain = (sid: string, fields: Call["fields"]): Call =>
    post(`${account}/SIP/Domains/${sid}.json`, fields);
  switch (write.type) {
    case "CreateAddress":
      return post(`${account}/Addresses.json`, addressFields(write));
    case "DeleteAddress":
      return { method: "DELETE", path: `${account}/Addresses/${nameOf(write.sid)}.json`, fields: {} };
    case "AssociateAddress":
      return number(write.numberSid, { EmergencyAddressSid: nameOf(write.addressSid) });
    case "DisassociateAddress":
      return number(write.numberSid, { EmergencyAddressSid: "" });
    case "SetEmergencyStatus":
      return number(write.numberSid, { EmergencyStatus: write.value });
    case "EnableEmergencyCalling":
      return domain(write.domainSid, { EmergencyCallingEnabled: "true" });
    case "DisableEmergencyCalling":
      return domain(write.domainSid, { EmergencyCallingEnabled: "false" });
    case "SetEmergencyCaller":
      return domain(write.domainSid, { EmergencyCallerSid: write.numberSid });
    case "ClearEmergencyCaller":
      return domain(write.domainSid, { EmergencyCallerSid: "" });
  }
}

function post(path: string, fields: Call["fields"]): Call {
  return { method: "POST", path, fields };
}

function addressFields({ address }: Extract<Write, { type: "CreateAddress" }>): Call["fields"] {
  const named = Object.entries({ ...address, emergencyEnabled: true })
    .filter(([, value]) => value !== "")
    .map(([field, value]) => [`${field[0]?.toUpperCase() ?? ""}${field.slice(1)}`, String(value)] as const);
  return Object.fromEntries(named);
}
