/** The promises on every edge of the model, and what is true where nothing goes on any more. */
import type { EmergencyAddress, PhoneNumberBinding } from "../../../src/api/objects.ts";
import { classOf } from "../../../src/plan/rule.ts";
import { registeredAt, slotOf } from "../../../src/plan/slot.ts";
import type { Write } from "../../../src/plan/step.ts";
import { find, ruleOn, type Passed, type State } from "./model.ts";
import { numberOf } from "./small-twilio.ts";

function must(holds: boolean, broken: string): void {
  if (!holds) throw new Error(broken);
}

export function checkEdge(before: State, { state, write }: Passed, name: string): void {
  const [object] = name.split(":");
  if (write !== undefined) checkWrite(before, write, object ?? "");
  for (const { friendlyName } of state.addresses) {
    const twins = state.addresses.filter((address) => address.friendlyName === friendlyName);
    must(twins.length === 1, `S3: two Addresses are called ${friendlyName}`);
  }
}

function checkWrite(before: State, write: Write, object: string): void {
  switch (write.type) {
    case "DisassociateAddress":
      return checkDisassociation(before, write, object);
    case "AssociateAddress":
      return must(
        slotOf(numberOf(before, write.numberSid)).kind === "free",
        "S4: associated onto a slot that is not free",
      );
    case "DeleteAddress":
      return checkDeletion(before, write.sid);
    case "SetEmergencyCaller":
      return must(
        registeredAt(numberOf(before, write.numberSid)) !== undefined,
        "S9: the caller is not registered",
      );
    case "CreateAddress":
    case "SetEmergencyStatus":
    case "EnableEmergencyCalling":
    case "DisableEmergencyCalling":
    case "ClearEmergencyCaller":
      return undefined;
  }
}

function checkDisassociation(
  before: State,
  { numberSid, takesAway, approval }: Extract<Write, { type: "DisassociateAddress" }>,
  object: string,
): void {
  const slot = slotOf(numberOf(before, numberSid));
  must(
    takesAway || slot.kind === "failed" || slot.kind === "notEnabled",
    "S2: something was taken away unsaid",
  );
  if (!takesAway) return;
  const isCaller = before.domains.some(
    (domain) => domain.emergencyCallingEnabled && domain.emergencyCallerSid === numberSid,
  );
  must(!isCaller || approval !== undefined, "S9: a caller's number was taken without approval");
  const others = before.objects.filter(
    (other): other is PhoneNumberBinding =>
      other.kind === "PhoneNumberBinding" &&
      other.metadata.name !== object &&
      isUnprotectedByUs(before, other),
  );
  must(others.length === 0, "S2: a second number was taken while one is without protection");
}

function isUnprotectedByUs(state: State, { spec, status }: PhoneNumberBinding): boolean {
  const number = numberOf(state, spec.phoneNumberSid ?? "");
  return (
    status?.operation?.begun === true && registeredAt(number) === undefined && status.retry === undefined
  );
}

function checkDeletion(before: State, sid: string): void {
  must(
    before.numbers.every((number) => number.emergencyAddressSid !== sid),
    "S5: an Address was deleted that a number carries",
  );
  const isWayBack = before.objects.some(
    (object) => object.kind === "PhoneNumberBinding" && object.status?.previousAddressSid === sid,
  );
  must(!isWayBack, "S5: an Address was deleted that is somebody's way back");
}

/** A fault of ours, unless somebody undoes what we do: then a person has to say that we shall try again. */
function isOurFault(state: State, reason: string): boolean {
  return reason === "UnexpectedState" || (reason === "NotConverging" && !state.undone);
}

/** Nothing goes on: then every object is as desired, or says what a person must do. */
export function checkQuiet(state: State): void {
  for (const object of state.objects) {
    if (object.kind === "TwilioAccount") continue;
    const { name } = object.metadata;
    const ruling = ruleOn(state, name);
    if (ruling === undefined) continue;
    must(!isOurFault(state, ruling.reason), `L1: ${name} is ${ruling.reason}: ${ruling.message}`);
    must(
      ruling.step.type === "None",
      `L1: ${name} does not get on with ${ruling.step.type} (${ruling.rule})`,
    );
    must(
      ruling.message.length > 20 && !ruling.reason.startsWith("Pending"),
      `L1: ${name} rests at ${ruling.reason}`,
    );
    if (object.kind === "PhoneNumberBinding") checkNumber(state, object, ruling.reason);
    if (object.kind === "EmergencyAddress" && classOf(ruling).ready === "True") checkAddress(state, object);
  }
}

function checkNumber(state: State, binding: PhoneNumberBinding, reason: string): void {
  const number = numberOf(state, binding.spec.phoneNumberSid ?? "");
  const at = registeredAt(number);
  if (reason === "Registered")
    must(at !== undefined, `S1: ${binding.metadata.name} is called registered and is not`);
  if (at !== undefined || !isOpen(binding)) return;
  const isRefused = binding.status?.retry !== undefined;
  const isExempt = isRefused || state.addresses.length === 0 || reason === "NotConverging";
  must(isExempt, `S11: ${binding.metadata.name} is left without protection (${reason})`);
}

function isOpen({ status }: PhoneNumberBinding): boolean {
  return status?.operation !== undefined || status?.previousAddressSid !== undefined;
}

function checkAddress(state: State, { metadata, status }: EmergencyAddress): void {
  must(
    state.addresses.some(({ sid }) => sid === status?.sid),
    `L1: ${metadata.name} is called validated and its Address is not there`,
  );
}

export { find };
