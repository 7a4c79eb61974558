/** What Twilio, people and machines may do to the small company, one at a time. */
import { isDeleting, type AnyObject } from "../../../src/api/objects.ts";
import { slotOf } from "../../../src/plan/slot.ts";
import { NOW } from "../../support/planning.ts";
import { restarted, type State } from "./model.ts";
import { numberOf, setDomain, setNumber } from "./small-twilio.ts";

export interface Event {
  readonly name: string;
  readonly next: State;
}

/** Twilio goes on with what it was asked to do. */
export function progress(state: State): readonly Event[] {
  return state.numbers.flatMap((number) => {
    const slot = slotOf(number);
    if (slot.kind !== "pending") return [];
    const done =
      slot.direction === "registration"
        ? { emergencyAddressStatus: "registered" }
        : { emergencyAddressSid: null, emergencyAddressStatus: "unregistered" };
    return [changed(state, `Twilio is done with ${number.sid}`, (next) => setNumber(next, number.sid, done))];
  });
}

function changed(state: State, name: string, change: (next: State) => void): Event {
  const next = structuredClone(state);
  change(next);
  return { name, next };
}

/** Each costs one mischief. */
export function mischiefs(state: State): readonly Event[] {
  if (state.mischief === 0) return [];
  const paid = { ...state, mischief: state.mischief - 1 };
  return [
    ...failures(paid),
    ...lags(paid),
    ...outOfBand(paid),
    ...state.objects.flatMap((object) => losses(paid, object)),
    { name: "restart", next: restarted(structuredClone(paid)) },
  ];
}

function failures(state: State): readonly Event[] {
  return state.numbers.flatMap((number) => {
    const slot = slotOf(number);
    if (slot.kind !== "pending") return [];
    const emergencyAddressStatus =
      slot.direction === "registration" ? "registration-failure" : "unregistration-failure";
    return [
      changed(state, `${emergencyAddressStatus} of ${number.sid}`, (next) =>
        setNumber(next, number.sid, { emergencyAddressStatus }),
      ),
    ];
  });
}

/** A listing shows a number as it was before our last write to it. */
function lags(state: State): readonly Event[] {
  return Object.entries(state.written).map(([of, before]) =>
    changed(state, `a listing lags for ${of}`, (next) => {
      next.lagging[of] = before;
    }),
  );
}

function outOfBand(state: State): readonly Event[] {
  const [address] = state.addresses;
  const events = state.numbers
    .filter((number) => slotOf(number).kind === "registered")
    .map(({ sid }) =>
      changed(state, `somebody takes the address from ${sid}`, (next) =>
        undo(next, () =>
          setNumber(next, sid, { emergencyAddressSid: null, emergencyAddressStatus: "unregistered" }),
        ),
      ),
    );
  if (address !== undefined)
    events.push(
      changed(state, `somebody edits ${address.sid}`, (next) => {
        next.addresses = next.addresses.map((each) =>
          each.sid === address.sid ? { ...each, street: "somewhere else", dateUpdated: NOW } : each,
        );
      }),
    );
  for (const { sid } of state.domains)
    events.push(
      changed(state, "somebody disables the domain", (next) =>
        undo(next, () => setDomain(next, sid, { emergencyCallingEnabled: false })),
      ),
      changed(state, "somebody clears the caller", (next) =>
        undo(next, () => setDomain(next, sid, { emergencyCallerSid: null })),
      ),
    );
  return events;
}

function undo(state: State, change: () => void): void {
  state.undone = true;
  change();
}

function losses(state: State, { kind, metadata: { name } }: AnyObject): readonly Event[] {
  if (kind === "TwilioAccount") return [];
  const of = (next: State): AnyObject =>
    next.objects.find((object) => object.metadata.name === name) as AnyObject;
  const events = [
    changed(state, `the status of ${name} is lost`, (next) => {
      (of(next) as { status: object }).status = {};
    }),
  ];
  if (isDeleting(of(state)) || kind === "SIPDomainSetting") return events;
  events.push(
    changed(state, `${name} is deleted`, (next) => {
      const object = of(next);
      if ((object.metadata.finalizers ?? []).length === 0)
        next.objects = next.objects.filter((other) => other !== object);
      else (object.metadata as { deletionTimestamp: string }).deletionTimestamp = "2026-03-01T11:00:00Z";
    }),
  );
  return events;
}

export { numberOf };
