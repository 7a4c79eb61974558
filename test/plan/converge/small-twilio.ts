/** What the small Twilio of the model does when it takes a write; time passes elsewhere, in mischief.ts. */
import type { Write } from "../../../src/plan/step.ts";
import type { DomainRecord, NumberRecord } from "../../../src/twilio/types.ts";
import { sid } from "../../support/planning.ts";
import type { State } from "./model.ts";

export function numberOf(state: State, of: string): NumberRecord {
  const found = state.numbers.find((number) => number.sid === of);
  if (found === undefined) throw new Error(`the model has no number ${of}`);
  return found;
}

export function setNumber(state: State, of: string, parts: Partial<NumberRecord>): void {
  state.numbers = state.numbers.map((number) => (number.sid === of ? { ...number, ...parts } : number));
}

/** What Twilio does when it takes a write. */
export function send(state: State, step: Write): void {
  if ("numberSid" in step && step.type !== "SetEmergencyCaller")
    state.written[step.numberSid] = numberOf(state, step.numberSid);
  switch (step.type) {
    case "CreateAddress": {
      const { autoCorrectAddress: _, ...content } = step.address;
      state.made += 1;
      const times = { dateCreated: state.made, dateUpdated: state.made };
      state.addresses.push({ ...content, ...times, sid: sid("AD", state.made), emergencyEnabled: true });
      break;
    }
    case "DeleteAddress":
      state.addresses = state.addresses.filter((address) => address.sid !== step.sid);
      break;
    case "AssociateAddress":
      setNumber(state, step.numberSid, {
        emergencyAddressSid: step.addressSid,
        emergencyAddressStatus: "pending-registration",
      });
      break;
    case "DisassociateAddress":
      setNumber(state, step.numberSid, {
        emergencyAddressSid: null,
        emergencyAddressStatus: step.takesAway ? "pending-unregistration" : "unregistered",
      });
      break;
    case "SetEmergencyStatus":
      setNumber(state, step.numberSid, { emergencyStatus: step.value });
      break;
    case "EnableEmergencyCalling":
    case "DisableEmergencyCalling":
      setDomain(state, step.domainSid, { emergencyCallingEnabled: step.type === "EnableEmergencyCalling" });
      break;
    case "SetEmergencyCaller":
      setDomain(state, step.domainSid, { emergencyCallerSid: step.numberSid });
      break;
    case "ClearEmergencyCaller":
      setDomain(state, step.domainSid, { emergencyCallerSid: null });
      break;
  }
}

export function setDomain(state: State, of: string, parts: Partial<DomainRecord>): void {
  state.domains = state.domains.map((domain) => (domain.sid === of ? { ...domain, ...parts } : domain));
}
