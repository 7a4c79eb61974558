/**
 * What must hold, next to what is measured. Counts and ratios decide over the exit code; seconds and megabytes depend on
 * the machine and only inform.
 */
export interface Limit {
  readonly most: number;
  /** The run fails when it is broken. */
  readonly decides: boolean;
}

const counts =
  (most: (n: number) => number): ((n: number) => Limit) =>
  (n) => ({ most: most(n), decides: true });
const informs =
  (most: (n: number) => number | undefined): ((n: number) => Limit | undefined) =>
  (n) => {
    const value = most(n);
    return value === undefined ? undefined : { most: value, decides: false };
  };

const pages = (n: number): number => Math.ceil(n / 1000);

const LIMITS: Readonly<Record<string, (n: number) => Limit | undefined>> = {
  "start/start to first list call": informs(() => 0.4),
  "commands/--help": informs(() => 0.15),
  "commands/plan of 10,000": informs(() => 3),
  "commands/plan of 10,000 peak memory": informs(() => 300),
  "commands/import of 50,000": informs(() => 20),
  // With few bindings the time is that of one registration, whatever the operator does.
  "load/all Ready ÷ bare run": (n) => (n < 10_000 ? undefined : { most: 1.35, decides: true }),
  "load/last created to all Ready ÷ bound": counts(() => 1.15),
  "load/Twilio calls ÷ numbers": counts((n) => 1.03 + 30 / n),
  "load/status patches per binding": counts(() => 1.1),
  "load/first created to all Ready": informs((n) => (n === 50_000 ? 200 : undefined)),
  "load/CPU of the operator": informs((n) => (n === 10_000 ? 20 : undefined)),
  "load/peak memory": informs((n) => (n <= 1000 ? 110 : n <= 10_000 ? 140 : 350)),
  "load/restart to all observed": informs((n) => (n <= 10_000 ? 3 : 15)),
  "load/restart Twilio calls": counts((n) => pages(n + 100) + 5),
  "load/restart status patches": counts(() => 0),
  "load/idle calls per sweep": counts((n) => pages(n + 100) + 2),
  "load/idle writes": counts(() => 0),
  "load/idle status patches": counts(() => 0),
  "load/idle CPU": informs(() => 1),
  "load/one new binding to Ready": informs(() => 0.8),
  "load/first look during sweeps p99": informs(() => 2),
  "own/Twilio calls ÷ numbers": counts(() => 2.1),
  "storm/429 answers ÷ calls": counts(() => 0.05),
  "storm/limit left unused": counts(() => 0.15),
  "rollout/unprotected seconds ÷ unavoidable": counts(() => 1.05),
  "rollout/first look during roll-out p99": informs(() => 2),
  "rollout/most unprotected at a time": counts(() => 5),
  "soak/memory growth": counts(() => 0.15),
  "soak/handles growth": counts(() => 0.1),
  "soak/keys waiting at the end": counts(() => 0),
  "soak/bindings lost": counts(() => 0),
};

export function limitOf(scenario: string, name: string, n: number): Limit | undefined {
  return LIMITS[`${scenario}/${name}`]?.(n);
}
