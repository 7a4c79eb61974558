/** Metrics of the objects and of what they stand for. Gauges are set anew at every scrape, from one pass over all. */
import type { Gauge } from "prom-client";
import { LONG, QUICK, type Families } from "./define.ts";
import type { AccountName } from "./twilio.ts";

/** Counts of one scrape. A map's key is a label set as the census made it. */
export interface Census {
  readonly accounts: readonly AccountCensus[];
  readonly objects: readonly Count<{ readonly kind: string; readonly ready: string }>[];
  readonly stalled: readonly Count<AccountName & { readonly kind: string; readonly reason: string }>[];
  readonly drifted: readonly Count<AccountName & { readonly kind: string }>[];
}

export interface Count<L> {
  readonly labels: L;
  readonly count: number;
}

export interface AccountCensus {
  readonly name: AccountName;
  /** Of the numbers of the account as Twilio showed them: `managed` (a binding names it) or not, by status. */
  readonly numbers: readonly Count<{ readonly state: string; readonly managed: string }>[];
  readonly unprotected: number;
  /** Of the binding that has been unprotected longest, in ms; 0 if none is. */
  readonly unprotectedMs: number;
  /** Since the last successful observation began, in ms. */
  readonly observationAgeMs: number;
  readonly maxStalenessMs: number;
  readonly suspect: boolean;
  readonly duplicates: number;
  readonly orphans: number;
  /** Requests that may be under way at a time; absent before the first. */
  readonly concurrencyLimit: number | undefined;
}

export interface ObjectMetrics {
  serving(isServing: boolean): void;
  census(census: Census): void;
  /** From when the object was first seen to the end of its first pass. */
  firstLook(kind: string, ms: number): void;
  /** From when it was first seen to Ready. */
  ready(kind: string, ms: number): void;
  /** A number has its protection back, or it is no longer wanted. */
  unprotectedFor(ms: number): void;
}

export function objectMetrics(families: Families): ObjectMetrics {
  const serving = families.gauge({
    name: "twilio_emergency_serving",
    help: "1 while this process works on objects: it runs, and leads or shares the accounts. Else 0.",
    labels: [],
  });
  const gauges = [...accountGauges(families), ...countGauges(families)];
  return {
    serving: (isServing) => serving.set(isServing ? 1 : 0),
    census: (census) => {
      for (const { gauge, fill } of gauges) {
        gauge.reset();
        fill(census);
      }
    },
    ...timeMetrics(families),
  };
}

interface Filled {
  readonly gauge: Pick<Gauge, "reset">;
  readonly fill: (census: Census) => void;
}

const ACCOUNT = ["account_namespace", "account"] as const;

function accountGauges(families: Families): readonly Filled[] {
  const perAccount = (
    name: string,
    help: string,
    value: (account: AccountCensus) => number | undefined,
  ): Filled => {
    const gauge = families.gauge({ name: `twilio_emergency_${name}`, help, labels: ACCOUNT });
    const fill = ({ accounts }: Census): void => {
      for (const account of accounts) {
        const now = value(account);
        if (now !== undefined) gauge.set({ ...account.name }, now);
      }
    };
    return { gauge, fill };
  };
  const seconds = (ms: number): number => ms / 1000;
  return [
    numbersGauge(families),
    perAccount(
      "unprotected_numbers",
      "Numbers that are to have a registered address and have none.",
      (account) => account.unprotected,
    ),
    perAccount(
      "unprotected_longest_seconds",
      "For how long the number that has been unprotected longest has been so; 0 if none is.",
      (account) => seconds(account.unprotectedMs),
    ),
    perAccount(
      "observation_age_seconds",
      "Since the last successful observation of the account began, or since there is its object.",
      (account) => seconds(account.observationAgeMs),
    ),
    perAccount(
      "max_staleness_seconds",
      "The age of the last observation at which Ready becomes Unknown.",
      (account) => seconds(account.maxStalenessMs),
    ),
    perAccount(
      "snapshot_suspect",
      "1 while the last listing has shrunk so much that it is not believed, else 0.",
      (account) => (account.suspect ? 1 : 0),
    ),
    perAccount(
      "duplicate_addresses",
      "Addresses of the same object and content besides the one in use.",
      (account) => account.duplicates,
    ),
    perAccount(
      "orphaned_addresses",
      "Addresses that carry our tag and belong to no object.",
      (account) => account.orphans,
    ),
    perAccount(
      "concurrency_limit",
      "Requests of the account that may be under way at a time, as Twilio's 429 answers have taught.",
      (account) => account.concurrencyLimit,
    ),
  ];
}

function numbersGauge(families: Families): Filled {
  const gauge = families.gauge({
    name: "twilio_emergency_numbers",
    help: "Numbers of the account by the status of their emergency address at Twilio, and whether a binding names them.",
    labels: [...ACCOUNT, "state", "managed"],
  });
  const fill = ({ accounts }: Census): void => {
    for (const { name, numbers } of accounts)
      for (const { labels, count } of numbers) gauge.set({ ...name, ...labels }, count);
  };
  return { gauge, fill };
}

function countGauges(families: Families): readonly Filled[] {
  const objects = families.gauge({
    name: "twilio_emergency_objects",
    help: "Objects by kind and status of their Ready condition.",
    labels: ["kind", "ready"],
  });
  const stalled = families.gauge({
    name: "twilio_emergency_stalled_objects",
    help: "Objects that a person must help, by account, kind and reason.",
    labels: [...ACCOUNT, "kind", "reason"],
  });
  const drifted = families.gauge({
    name: "twilio_emergency_drifted_objects",
    help: "Objects whose difference to Twilio a policy keeps standing, by account and kind.",
    labels: [...ACCOUNT, "kind"],
  });
  const all = (counts: readonly Count<object>[], gauge: Gauge): void => {
    for (const { labels, count } of counts) gauge.set({ ...labels }, count);
  };
  return [
    { gauge: objects, fill: (census) => all(census.objects, objects) },
    { gauge: stalled, fill: (census) => all(census.stalled, stalled) },
    { gauge: drifted, fill: (census) => all(census.drifted, drifted) },
  ];
}

function timeMetrics(families: Families): Omit<ObjectMetrics, "census" | "serving"> {
  const firstLook = families.histogram(
    {
      name: "twilio_emergency_first_look_seconds",
      help: "From when a new object was seen to the end of the first pass over it, by kind.",
      labels: ["kind"],
    },
    QUICK,
  );
  const ready = families.histogram(
    {
      name: "twilio_emergency_ready_seconds",
      help: "From when a new object was seen to Ready, by kind.",
      labels: ["kind"],
    },
    LONG,
  );
  const unprotected = families.histogram(
    {
      name: "twilio_emergency_unprotected_duration_seconds",
      help: "For how long numbers were unprotected, observed when that ends.",
      labels: [],
    },
    LONG,
  );
  return {
    firstLook: (kind, ms) => firstLook.observe({ kind }, ms / 1000),
    ready: (kind, ms) => ready.observe({ kind }, ms / 1000),
    unprotectedFor: (ms) => unprotected.observe(ms / 1000),
  };
}
