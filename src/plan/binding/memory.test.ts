import { describe, expect, it } from "vitest";
import {
  DESK,
  FOREIGN,
  HQ,
  NOW,
  OLD,
  record,
  retrying,
  sid,
  TERMINATING,
  world,
} from "../../../test/support/builders.ts";
import { ANNOTATION } from "../../api/names.ts";
import { usableAccount, type UsableAccount } from "../policy.ts";
import { BindingFacts, NumberFacts } from "./facts.ts";
import { bindingMemory } from "./memory.ts";

const ELSEWHERE = { ...{ street: "9 Old St" } };
const held = { finalizers: TERMINATING.finalizers };

describe("the record of a disassociation", () => {
  const scene = (begun: boolean) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...ELSEWHERE })
      .binding("desk", {
        metadata: held,
        status: { operation: record(OLD, begun), previousAddressSid: OLD },
      });

  it("is begun once the slot is seen otherwise", () => {
    const { memory } = scene(false).number().plan("PhoneNumberBinding", "desk");
    expect(memory).toMatchObject({ operation: { target: OLD, begun: true } });
  });

  it("is over once it is begun and the number is registered anywhere", () => {
    for (const at of [HQ, OLD]) {
      const { memory } = scene(true).registered(at).plan("PhoneNumberBinding", "desk");
      expect(memory).toMatchObject({ operation: null, previousAddressSid: null });
    }
  });

  it("is not over because of a look that began before the disassociation was sent", () => {
    const ruling = scene(true)
      .registered(OLD)
      .afterwards((snapshot) => snapshot.noteWrite(DESK, NOW + 1))
      .plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toEqual({ type: "GetNumber", sid: DESK });
    expect(ruling.memory).not.toHaveProperty("operation");
    expect(ruling.memory).not.toHaveProperty("previousAddressSid");
  });

  it("is dropped when what it recorded is no longer to be sent", () => {
    const stays = scene(false).registered(HQ).plan("PhoneNumberBinding", "desk");
    expect(stays.memory).toMatchObject({ operation: null });
    const frozen = world()
      .account("default", { spec: { maxUnprotected: 0 } })
      .address("hq")
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...ELSEWHERE })
      .binding("desk", { metadata: held, status: { operation: record(OLD, false) } })
      .registered(OLD)
      .plan("PhoneNumberBinding", "desk");
    expect(frozen).toMatchObject({ reason: "WaitingForBudget", memory: { operation: null } });
  });

  it("stays while its disassociation is still the next step", () => {
    const ruling = scene(false).registered(OLD).plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toMatchObject({ type: "DisassociateAddress", addressSid: OLD, takesAway: true });
    expect(ruling.memory).not.toHaveProperty("operation");
  });
});

describe("a number in mid-change whose status is lost", () => {
  it("may use a terminating Address also when its deletionPolicy asks for work", () => {
    const scene = world()
      .account()
      .address("hq", { metadata: TERMINATING })
      .tagged("hq", { sid: HQ })
      .binding("desk", { metadata: held, spec: { deletionPolicy: "Unregister" } })
      .number();
    expect(scene.plan("EmergencyAddress", "hq").reason).toBe("DeletionBlocked");
    expect(scene.plan("PhoneNumberBinding", "desk").step).toEqual({
      type: "AssociateAddress",
      numberSid: DESK,
      addressSid: HQ,
    });
  });
});

describe("the slow retry of a failed number", () => {
  const both = { operation: record(OLD, true), previousAddressSid: OLD };
  const scene = (status: object, failed: readonly object[], metadata: object = {}) =>
    world()
      .account()
      .address("hq", { status: { failedTargets: failed } })
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...ELSEWHERE })
      .binding("desk", { metadata: { ...held, ...metadata }, status: { ...both, ...status } });
  const entry = { addressSid: HQ, phoneNumberSid: DESK, time: "2026-03-01T11:00:00Z" };

  it("is entered when there is no way back left", () => {
    const { memory, reason } = scene({}, [entry])
      .number({ emergencyAddressSid: OLD, emergencyAddressStatus: "registration-failure" })
      .plan("PhoneNumberBinding", "desk");
    expect(reason).toBe("RegistrationFailed");
    expect(memory).toMatchObject({
      retry: { count: 1, nextTime: new Date(NOW + 3_600_000).toISOString() },
    });
  });

  it("does not delay the way back after a person has asked to start over", () => {
    const startedOver = { retry: retrying(0, -1, HQ) };
    const ruling = scene(startedOver, [entry]).number().plan("PhoneNumberBinding", "desk");
    expect(ruling.step).toMatchObject({ type: "AssociateAddress", addressSid: OLD });
    const failed = scene(startedOver, [entry])
      .number({ emergencyAddressSid: HQ, emergencyAddressStatus: "registration-failure" })
      .plan("PhoneNumberBinding", "desk");
    expect(failed.step).toMatchObject({ type: "DisassociateAddress", addressSid: HQ, takesAway: false });
  });

  it("tries the way back and the wanted Address in turn", () => {
    const tried = [1, 2, 3, 4].map((count) => {
      const { step } = scene({ retry: retrying(count, -1, HQ) }, [entry])
        .number()
        .plan("PhoneNumberBinding", "desk");
      return step.type === "AssociateAddress" ? step.addressSid : step.type;
    });
    expect(tried).toEqual([HQ, OLD, HQ, OLD]);
  });

  it("rests until it is due", () => {
    const { step, wakeAt } = scene({ retry: retrying(2, 60_000, HQ) }, [entry])
      .number({ emergencyAddressSid: HQ, emergencyAddressStatus: "registration-failure" })
      .plan("PhoneNumberBinding", "desk");
    expect(step).toEqual({ type: "None" });
    expect(wakeAt).toBe(NOW + 60_000);
  });
});

describe("unregistration-failure", () => {
  const scene = (parts: { readonly failed?: readonly object[]; readonly phoneNumber?: string } = {}) =>
    world()
      .account()
      .address("hq", { status: parts.failed === undefined ? {} : { failedTargets: parts.failed } })
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...ELSEWHERE })
      .binding("desk", { metadata: held, status: { retry: retrying(1, -1, HQ) } })
      .number({
        phoneNumber: parts.phoneNumber ?? "+13035550100",
        emergencyAddressSid: OLD,
        emergencyAddressStatus: "unregistration-failure",
      })
      .plan("PhoneNumberBinding", "desk");

  it("is tried again when the slow retry is due", () => {
    expect(scene().step).toMatchObject({ type: "DisassociateAddress", addressSid: OLD, takesAway: true });
  });

  it("is not tried again towards an Address where another number failed", () => {
    const failed = [{ addressSid: HQ, phoneNumberSid: sid("PN", 2), time: "2026-03-01T11:00:00Z" }];
    expect(scene({ failed })).toMatchObject({ step: { type: "None" }, reason: "UnregistrationFailed" });
  });

  it("is not tried again towards an Address of another country", () => {
    expect(scene({ phoneNumber: "+442079460000" })).toMatchObject({
      step: { type: "None" },
      reason: "UnregistrationFailed",
    });
  });
});

describe("a terminating binding whose change has failed", () => {
  const scene = (status: string, address: string) =>
    world()
      .account()
      .address("hq", { status: { failedTargets: [{ addressSid: HQ, phoneNumberSid: DESK, time: "" }] } })
      .tagged("hq", { sid: HQ })
      .binding("desk", { metadata: TERMINATING, status: { operation: record(OLD, true) } })
      .number({ emergencyAddressSid: address, emergencyAddressStatus: status })
      .plan("PhoneNumberBinding", "desk");

  it("enters the slow retry like a live one: else it would be held for ever", () => {
    for (const ruling of [scene("unregistration-failure", OLD), scene("registration-failure", HQ)]) {
      expect(ruling.reason).toBe("DeletionBlocked");
      expect(ruling.memory).toMatchObject({ retry: { count: 1 } });
    }
  });
});

describe("the record of a disassociation that is not begun", () => {
  const next = (target: string) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .tagged("hq", { sid: OLD, ...ELSEWHERE })
      .binding("desk", {
        spec: { deletionPolicy: "Unregister" },
        status: { operation: record(target, false) },
      })
      .registered(OLD)
      .plan("PhoneNumberBinding", "desk");

  it("stays while something else has to be written first", () => {
    expect(next(OLD).step).toEqual({ type: "AddFinalizer" });
    expect(next(OLD).memory).not.toHaveProperty("operation");
  });

  it("is over at once where the number is registered elsewhere than it says", () => {
    expect(next(HQ)).toMatchObject({ step: { type: "AddFinalizer" }, memory: { operation: null } });
  });

  it("is over where another Address is to be taken away, whatever has ruled so", () => {
    const built = world()
      .account()
      .binding("desk", { status: { operation: record(OLD, false) } })
      .registered(OLD)
      .build();
    const object = built.get("PhoneNumberBinding", "desk");
    const account = usableAccount(built.world, object) as UsableAccount;
    const seen = account.view.number(DESK) as NonNullable<ReturnType<UsableAccount["view"]["number"]>>;
    const facts = new NumberFacts(new BindingFacts(built.world, account, object), seen);
    const taking = (addressSid: string) =>
      bindingMemory(facts, {
        ...{ rule: "any", reason: "PendingRegistration", message: "" },
        step: { type: "DisassociateAddress", numberSid: DESK, addressSid, takesAway: true },
      });
    expect(taking(OLD)).not.toHaveProperty("operation");
    expect(taking(HQ)).toMatchObject({ operation: null });
  });

  it.each([
    ["uses up the approval of its plan once the slot is seen otherwise", "abc", { usedApproval: "abc" }],
    ["uses up no approval of another plan", "def", {}],
    ["uses up none where none was given", undefined, {}],
  ])("%s", (_, approved, used) => {
    const annotations = approved === undefined ? {} : { [ANNOTATION.approve]: approved };
    const pendingPlan = { hash: "abc", steps: [], domains: [] };
    const { memory } = world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .binding("desk", {
        metadata: { ...held, annotations },
        status: { operation: record(OLD, false), pendingPlan },
      })
      .number({ emergencyAddressSid: OLD, emergencyAddressStatus: "pending-unregistration" })
      .plan("PhoneNumberBinding", "desk");
    expect(memory).toEqual({ operation: { ...record(OLD, true) }, ...used });
  });
});

describe("an approval that was used before", () => {
  const memoryOf = (annotations: object, status: object) =>
    world()
      .account()
      .binding("desk", { metadata: { annotations }, status: { operation: record(OLD, false), ...status } })
      .number()
      .plan("PhoneNumberBinding", "desk").memory;

  it("is not forgotten when a change begins that needed none", () => {
    expect(Object.keys(memoryOf({}, { usedApproval: "abc" }) ?? {})).toEqual(["operation"]);
  });

  it("is not replaced by one whose plan does not stand there any more", () => {
    expect(memoryOf({ [ANNOTATION.approve]: "def" }, {})).not.toHaveProperty("usedApproval");
  });
});

describe("what a binding remembers of a number that is registered", () => {
  const memoryOf = (status: object, address = HQ) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .twilioAddress({ sid: FOREIGN, street: "5 Far St" })
      .binding("desk", { status })
      .registered(address)
      .plan("PhoneNumberBinding", "desk").memory;

  it("is not where it was before: with the record that is void", () => {
    expect(memoryOf({ previousAddressSid: OLD })).toMatchObject({
      operation: null,
      previousAddressSid: null,
    });
    expect(memoryOf({})).not.toHaveProperty("previousAddressSid");
  });

  it("are the last four Addresses that it was found at as desired", () => {
    const four = [1, 2, 3, 4].map((number) => sid("AD", 10 + number));
    expect(memoryOf({ appliedAddressSids: four })).toMatchObject({
      appliedAddressSids: [...four.slice(1), HQ],
    });
    expect(memoryOf({ appliedAddressSids: [HQ, OLD] })).not.toHaveProperty("appliedAddressSids");
  });

  it("is not an Address that somebody else has put it at", () => {
    expect(memoryOf({}, FOREIGN)).not.toHaveProperty("appliedAddressSids");
  });
});

it("a number that is not registered yet is not remembered to have been", () => {
  const { memory } = world()
    .account()
    .address("hq")
    .tagged("hq", { sid: HQ })
    .binding("desk")
    .number({ emergencyAddressSid: HQ, emergencyAddressStatus: "pending-registration" })
    .plan("PhoneNumberBinding", "desk");
  expect(memory).toEqual({});
});

it("a slow retry is written anew only where it starts over", () => {
  const memoryOf = (count: number, nextInMs: number) =>
    world()
      .account()
      .address("hq")
      .tagged("hq", { sid: HQ })
      .binding("desk", { status: { retry: retrying(count, nextInMs, HQ) } })
      .number()
      .plan("PhoneNumberBinding", "desk").memory;
  expect(memoryOf(2, 60_000)).not.toHaveProperty("retry");
  expect(memoryOf(2, -1)).not.toHaveProperty("retry");
  expect(memoryOf(0, -1)).toMatchObject({ retry: { count: 0, inputs: HQ }, lastError: null });
});
