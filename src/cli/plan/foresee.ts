/**
 * What would happen, found out by letting it happen: the controllers themselves over the manifests, with a Twilio and a
 * time that are only imagined. No rule has a second implementation.
 */
import { keyOf, type AnyObject, type EmergencyAddress, type Managed } from "../../api/objects.ts";
import type { Timings } from "../../plan/timings.ts";
import type { Write } from "../../plan/step.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { TwilioAccountClient } from "../../twilio/types.ts";
import { isWrite, withAround } from "../../twilio/wrap-client.ts";
import { NO_SECRETS } from "../standalone/accounts.ts";
import { Engine } from "../standalone/engine.ts";
import { ImaginedTwilio } from "../standalone/imagined-twilio.ts";
import type { AccountListing } from "../standalone/listing.ts";
import {
  approvalsOf,
  faultsOf,
  obstaclesOf,
  standingsOf,
  type Approval,
  type Obstacle,
} from "../standalone/object-state.ts";
import { VirtualClock } from "../standalone/virtual-clock.ts";
import { callOf, type Call } from "./call.ts";

export interface Outlook {
  /** With a TwilioAccount for every account that is named. */
  readonly objects: readonly AnyObject[];
  readonly listings: ReadonlyMap<string, AccountListing>;
  readonly ownerId: string;
  readonly approvals: readonly string[];
  readonly timings: Timings;
  readonly log: Logger;
  readonly now: number;
}

export interface PlannedCall extends Call {
  /** `Kind/namespace/name`. */
  readonly object: string;
  readonly operation: Write["type"];
  /** What stands in these fields now; absent for what is not there yet. */
  readonly before: Readonly<Record<string, string>>;
  /** The rule's sentence. */
  readonly why: string;
  /** The number loses its registered address by this call. */
  readonly unprotects?: { readonly number: string; readonly country: string };
}

export interface Forecast {
  /** What is to be done now. */
  readonly steps: readonly PlannedCall[];
  /** What follows if Twilio does all it is asked. */
  readonly forecast: readonly PlannedCall[];
  readonly approvals: readonly Approval[];
  readonly faults: readonly Obstacle[];
  /** What is not done in the end either, and asks nobody for anything: such as what a freeze holds back. */
  readonly waiting: readonly Obstacle[];
}

const MINUTE = 60_000;
/** Nothing has happened for so long, the waits of our own included (five minutes of grace): it is over. */
const QUIET_MS = 15 * MINUTE;
const SETTLED_MS = MINUTE;
const POLL_MS = 1_000;
const SWEEP_MS = 10 * MINUTE;

export async function foresee(outlook: Outlook): Promise<Forecast> {
  const first = new Set(await firstCallers(outlook));
  const run = new Imagination(outlook, { first });
  await run.toTheEnd();
  const isNext = run.calls.map(({ object }) => first.delete(object));
  return {
    steps: run.calls.filter((_, index) => isNext[index]),
    forecast: run.calls.filter((_, index) => !isNext[index]),
    approvals: approvalsOf(run.objects()),
    faults: faultsOf(run.objects()),
    waiting: obstaclesOf(run.objects(), ["frozen", "working"]),
  };
}

/** Keys of the objects that would make a call in the world as it is now, with none of them answered, in their order. */
export async function firstCallers(outlook: Outlook): Promise<Iterable<string>> {
  const run = new Imagination(outlook, { first: [], holdsWrites: true });
  await run.now();
  return new Set(run.calls.map(({ object }) => object));
}

class Imagination {
  readonly calls: PlannedCall[] = [];
  readonly #engine: Engine;
  readonly #clock: VirtualClock;
  readonly #start: number;
  readonly #twilios = new Map<string, ImaginedTwilio>();
  /** What stands for the sids of Addresses that are not there yet. */
  readonly #names = new Map<string, string>();
  #lastEvent: number;

  constructor(
    outlook: Outlook,
    { first, holdsWrites = false }: { readonly first: Iterable<string>; readonly holdsWrites?: boolean },
  ) {
    const { listings, now } = outlook;
    this.#start = now;
    this.#lastEvent = now;
    this.#clock = new VirtualClock(now);
    for (const [sid, listing] of listings) this.#twilios.set(sid, new ImaginedTwilio(listing, this.#clock));
    this.#engine = new Engine({
      ...outlook,
      first,
      secrets: NO_SECRETS,
      clock: this.#clock,
      sweepIntervalMs: SWEEP_MS,
      pendingPollIntervalMs: POLL_MS,
      connect: ({ spec }) => {
        const twilio = this.#twilios.get(spec.accountSid);
        if (twilio === undefined) throw new Error(`account ${spec.accountSid} was not listed`);
        return holdsWrites ? holding(twilio) : twilio;
      },
      onWrite: (object, ruling, step) => {
        this.calls.push(this.#planned(object, step, ruling.message));
        this.#lastEvent = this.#clock.now();
      },
      onStatus: (object) => {
        if (object.kind !== "TwilioAccount") this.#lastEvent = this.#clock.now();
      },
    });
  }

  objects(): readonly AnyObject[] {
    return this.#engine.objects();
  }

  /** Until there is nothing left to do without time passing. */
  async now(): Promise<void> {
    await this.#run(() => (this.#clock.nextAt() ?? Number.POSITIVE_INFINITY) > this.#start);
  }

  async toTheEnd(): Promise<void> {
    await this.#run(() => {
      const quiet = this.#clock.now() - this.#lastEvent;
      if (quiet >= QUIET_MS) return true;
      return quiet >= SETTLED_MS && ![...standingsOf(this.objects()).values()].includes("working");
    });
  }

  async #run(isOver: () => boolean): Promise<void> {
    this.#engine.start();
    do {
      do await new Promise<void>((resolve) => setImmediate(resolve));
      while (this.#engine.isBusy);
    } while (!isOver() && this.#clock.advance());
    await this.#engine.stop();
  }

  #planned(object: Managed, step: Write, why: string): PlannedCall {
    const { accountSid, twilio } = this.#twilioOf(object);
    if (step.type === "CreateAddress") {
      const { namespace, name } = object.metadata;
      this.#names.set(twilio.nextSid, `{sid of ${object.kind} ${namespace}/${name}}`);
    }
    const call = callOf(step, accountSid, (sid) => this.#names.get(sid) ?? sid);
    return {
      ...call,
      object: keyOf(object),
      operation: step.type,
      before: this.#before(step, twilio, call),
      why: why.replaceAll(/AD[0-9a-fA-F]{32}/g, (sid) => this.#names.get(sid) ?? sid),
      ...this.#unprotects(object, step, twilio),
    };
  }

  #twilioOf(object: Managed): { readonly accountSid: string; readonly twilio: ImaginedTwilio } {
    const accountSid = this.#engine.source.objects.accountSidOf(object) ?? "";
    const twilio = this.#twilios.get(accountSid);
    if (twilio === undefined) throw new Error(`account ${accountSid} was not listed`);
    return { accountSid, twilio };
  }

  #before(step: Write, twilio: ImaginedTwilio, { fields }: Call): PlannedCall["before"] {
    const record =
      "numberSid" in step && !("domainSid" in step)
        ? twilio.number(step.numberSid)
        : "domainSid" in step
          ? twilio.domain(step.domainSid)
          : undefined;
    if (record === undefined) return {};
    const known = record as unknown as Readonly<Record<string, string | boolean | null>>;
    return Object.fromEntries(
      Object.keys(fields).map((field) => {
        const value = String(known[`${field[0]?.toLowerCase() ?? ""}${field.slice(1)}`] ?? "");
        return [field, this.#names.get(value) ?? value];
      }),
    );
  }

  #unprotects(object: Managed, step: Write, twilio: ImaginedTwilio): Pick<PlannedCall, "unprotects"> {
    if (step.type !== "DisassociateAddress" || !step.takesAway) return {};
    const number = twilio.number(step.numberSid)?.phoneNumber ?? step.numberSid;
    const country = twilio.address(step.addressSid)?.isoCountry ?? countryOf(this.#engine, object);
    return { unprotects: { number, country } };
  }
}

function countryOf(engine: Engine, object: Managed): string {
  if (object.kind !== "PhoneNumberBinding" || object.spec.addressRef === undefined) return "";
  const { namespace } = object.metadata;
  const address: EmergencyAddress | undefined = engine.source.objects.address(
    namespace,
    object.spec.addressRef.name,
  );
  return address?.spec.isoCountry ?? "";
}

const HELD = { kind: "notSent", message: "Only planned." } as const;

/** Takes every write, and sends none. */
function holding(twilio: ImaginedTwilio): TwilioAccountClient {
  return withAround(twilio, (method, call) =>
    isWrite(method) ? Promise.resolve({ ok: false, failure: HELD, startedAt: 0 }) : call(),
  );
}
