/** A number that shall have an address: what is done when Twilio refuses, fails or has emptied the slot. */
import { describe, expect, it } from "vitest";
import { DESK, FOREIGN, HQ, NOW, OLD, record, retrying, sid, world } from "../../../test/support/builders.ts";
import type { NumberRecord } from "../../twilio/types.ts";

const OTHER = sid("PN", 2);
const THIRD = sid("PN", 3);
const TIME = "2026-03-01T11:00:00Z";
const LONDON = "+442079460000";

interface Given {
  readonly number?: Partial<NumberRecord>;
  readonly status?: object;
  /** Pairs of Address and number that Twilio could not register. */
  readonly failed?: readonly (readonly [string, string])[];
  readonly lastWrite?: string;
  /** Of the command line. */
  readonly approvals?: readonly string[];
  /** There is no EmergencyAddress of the name that the binding refers to. */
  readonly unreferred?: true;
}

/** DESK shall be at HQ; OLD is a former Address of the same EmergencyAddress. */
function ruling({ number = {}, status = {}, failed = [], lastWrite, approvals, unreferred }: Given) {
  const failedTargets = failed.map(([addressSid, phoneNumberSid]) => ({
    addressSid,
    phoneNumberSid,
    time: TIME,
  }));
  const built = world()
    .account()
    .tagged("hq", { sid: HQ })
    .tagged("hq", { sid: OLD, street: "9 Old St" })
    .binding("desk", { status })
    .number(number);
  if (unreferred === undefined) built.address("hq", { status: { failedTargets } });
  if (lastWrite !== undefined)
    built.given({ lastWrites: { desk: { signature: lastWrite, at: NOW - 60_000 } } });
  if (approvals !== undefined) built.given({ approvals });
  return built.plan("PhoneNumberBinding", "desk");
}

const slot = (emergencyAddressStatus: string, emergencyAddressSid: string | null = null) => ({
  emergencyAddressStatus,
  emergencyAddressSid,
});
const MOVING = { operation: record(OLD, true), previousAddressSid: OLD };
const error = { code: 21_631, message: "Not now", requestId: "RQ1" };
const RECORDED = {
  type: "RecordFailedTarget",
  address: { kind: "EmergencyAddress", namespace: "site", name: "hq" },
  addressSid: HQ,
  phoneNumberSid: DESK,
};

describe("a registration that Twilio could not make", () => {
  it("is recorded at its EmergencyAddress before anything else is written, and says where it failed", () => {
    const failed = ruling({ number: slot("registration-failure", HQ) });
    expect(failed.step).toEqual(RECORDED);
    expect(failed.message).toContain(`at ${HQ} (EmergencyAddress "hq")`);
  });

  it("is recorded also beside failures of another number, and of this one elsewhere", () => {
    const number = slot("registration-failure", HQ);
    for (const failed of [[[HQ, OTHER]], [[OLD, DESK]]] as const)
      expect(ruling({ number, failed }).step).toEqual(RECORDED);
  });

  it("is recorded once", () => {
    const again = ruling({ number: slot("registration-failure", HQ), failed: [[HQ, DESK]] });
    expect(again).toMatchObject({ step: { type: "None" }, reason: "RegistrationFailed" });
  });

  it("is known by our last write where Twilio has emptied the slot", () => {
    const lastWrite = `AssociateAddress ${DESK} ${HQ} 1  0`;
    expect(ruling({ number: slot("registration-failure"), lastWrite }).step).toEqual(RECORDED);
    const gone = ruling({ number: slot("registration-failure"), lastWrite, unreferred: true });
    expect(gone).toMatchObject({ step: { type: "None" }, reason: "WaitingForAddress" });
  });

  it.each([
    undefined,
    `AssociateAddress ${DESK} ${OLD} 1  0`,
    `DisassociateAddress ${DESK} ${HQ} false 1  0`,
  ])("is not laid to an Address that we did not try last (%s)", (lastWrite) => {
    const tried = ruling({
      number: slot("registration-failure"),
      ...(lastWrite === undefined ? {} : { lastWrite }),
    });
    expect(tried.step).toEqual({ type: "AssociateAddress", numberSid: DESK, addressSid: HQ });
  });

  it("keeps its slot while there is no other Address to try", () => {
    const number = slot("registration-failure", OLD);
    expect(ruling({ number, unreferred: true })).toMatchObject({
      step: { type: "None" },
      reason: "RegistrationFailed",
    });
  });

  it("empties its slot in mid-change for the way back, although the EmergencyAddress is gone", () => {
    const empties = ruling({ number: slot("registration-failure", HQ), status: MOVING, unreferred: true });
    expect(empties.step).toMatchObject({ type: "DisassociateAddress", addressSid: HQ, takesAway: false });
  });

  it("does not empty the slot for a way back that is where it failed", () => {
    const stuck = ruling({ number: slot("registration-failure", OLD), status: MOVING, unreferred: true });
    expect(stuck).toMatchObject({ step: { type: "None" }, reason: "RegistrationFailed" });
  });
});

describe("EmergencyStatus", () => {
  it("is not asked for while the number is registered elsewhere: it moves first", () => {
    const number = { ...slot("registered", OLD), emergencyStatus: "Inactive" };
    expect(ruling({ number }).step).toMatchObject({ type: "DisassociateAddress", addressSid: OLD });
  });
});

describe("an unregistration that Twilio could not make, and that is to be tried again", () => {
  const due = { retry: retrying(1, -1) };

  it("waits while the number has no other Address to go to", () => {
    const waits = ruling({ number: slot("unregistration-failure", OLD), status: due, unreferred: true });
    expect(waits).toMatchObject({ step: { type: "None" }, reason: "UnregistrationFailed" });
  });

  it("is tried again where numbers have failed, but at another Address than the wanted one", () => {
    const tried = ruling({
      number: slot("unregistration-failure", OLD),
      status: due,
      failed: [[FOREIGN, OTHER]],
    });
    expect(tried.step).toMatchObject({ type: "DisassociateAddress", addressSid: OLD });
  });

  it("needs approval where nobody knows any more which Address it was", () => {
    const nowhere = { number: slot("unregistration-failure"), status: due };
    const asks = ruling({ ...nowhere, approvals: [] });
    expect(asks).toMatchObject({ step: { type: "None" }, reason: "AwaitingApproval" });
    const approved = ruling({ ...nowhere, approvals: [asks.pendingPlan?.hash ?? ""] });
    expect(approved.step).toMatchObject({ type: "DisassociateAddress", addressSid: "" });
  });
});

describe("a roll-out that has stopped", () => {
  it("names the numbers that failed", () => {
    const stopped = ruling({
      number: slot("registered", OLD),
      failed: [
        [HQ, OTHER],
        [OLD, DESK],
        [HQ, THIRD],
      ],
    });
    expect(stopped.reason).toBe("RolloutStopped");
    expect(stopped.message).toContain(`failed for ${OTHER}, ${THIRD}, so`);
  });
});

describe("a status that nobody knows", () => {
  const number = slot("brand-new");

  it.each([
    ["without an EmergencyAddress", { unreferred: true }],
    ["in mid-change, with a way back", { status: MOVING, failed: [[HQ, DESK]] }],
    ["after a refusal", { status: { retry: retrying(1, 60_000, HQ), lastError: error } }],
  ] as const)("is reported, and nothing is written, %s", (_, given) => {
    expect(ruling({ number, ...given })).toMatchObject({
      step: { type: "None" },
      reason: "UnexpectedState",
    });
  });
});

describe("an EmergencyAddress that cannot be used", () => {
  const free = (address: object, spec: object = {}) =>
    world()
      .account()
      .address("hq", address)
      .binding("desk", { spec })
      .number()
      .plan("PhoneNumberBinding", "desk");

  it("is waited for while its account is not there", () => {
    expect(free({ spec: { accountRef: { name: "gone" } } })).toMatchObject({
      step: { type: "None" },
      reason: "WaitingForAddress",
    });
  });

  it("is waited for where none is named, which the API server refuses", () => {
    const nameless = free({}, { addressRef: undefined });
    expect(nameless.message).toBe('EmergencyAddress "" does not exist in this namespace.');
  });
});

describe("a free number", () => {
  it("that lost its address outside a change waits for the wanted one, and is not put where it was", () => {
    const waits = ruling({ unreferred: true, status: { appliedAddressSids: [OLD] } });
    expect(waits).toMatchObject({ step: { type: "None" }, reason: "WaitingForAddress" });
  });

  it("goes back in mid-change if the wanted Address is of another country", () => {
    const back = ruling({ number: { phoneNumber: LONDON }, status: MOVING });
    expect(back.step).toEqual({ type: "AssociateAddress", numberSid: DESK, addressSid: OLD });
  });

  it("goes on to the wanted Address in mid-change while that may do", () => {
    const on = ruling({ status: MOVING });
    expect(on.step).toEqual({ type: "AssociateAddress", numberSid: DESK, addressSid: HQ });
  });

  it("that the slow retry has emptied is tried at once, not when the next retry is due", () => {
    const tried = ruling({ status: { retry: retrying(2, 60_000, HQ) } });
    expect(tried.step).toEqual({ type: "AssociateAddress", numberSid: DESK, addressSid: HQ });
  });

  it("waits for the slow retry after a refusal, and says what Twilio said", () => {
    const waits = ruling({ status: { retry: retrying(1, 60_000, HQ), lastError: error } });
    expect(waits).toMatchObject({ step: { type: "None" }, reason: "RejectedByTwilio", wakeAt: NOW + 60_000 });
    expect(waits.message).toBe("Twilio refused (error 21631, request RQ1): Not now");
  });
});
