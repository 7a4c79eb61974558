/** What the planner is told of an account's credentials. */
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { ACCOUNT, anAccount } from "../../test/support/planning.ts";
import type { TwilioAccountClient } from "../twilio/types.ts";
import { Accounts } from "./accounts.ts";
import type { SecretState } from "./credentials.ts";

const holding = (authToken: string): SecretState => ({ kind: "data", data: { authToken } });

/** One account whose Secret is seen in these states, one after the other, a second apart. */
function scene() {
  const clock = new ManualClock();
  const accounts = new Accounts({
    clock,
    sweepIntervalMs: 600_000,
    connect: () => ({}) as TwilioAccountClient,
  });
  accounts.put(anAccount());
  const startedAt = clock.now();
  return {
    accounts,
    now: () => clock.now(),
    see: async (...states: readonly SecretState[]): Promise<void> => {
      for (const state of states) {
        await clock.advance(1_000);
        const [entry] = accounts.entriesOf(ACCOUNT);
        if (entry !== undefined) accounts.useSecret(entry, state);
      }
    },
    /** In seconds after the start. */
    changedAt: (): number | undefined => {
      const at = accounts.state("site", "default")?.credentialsChangedAt;
      return at === undefined ? undefined : (at - startedAt) / 1_000;
    },
  };
}

describe("the time at which the Secret was changed", () => {
  it("is not that of a start, after which refused writes wait on", async () => {
    const { see, changedAt } = scene();
    await see({ kind: "unknown" }, holding("first"));
    expect(changedAt()).toBeUndefined();
  });

  it("is that of other contents", async () => {
    const { see, changedAt } = scene();
    await see(holding("first"), holding("second"));
    expect(changedAt()).toBe(2);
  });

  it("is that at which a Secret came that was missing", async () => {
    const { see, changedAt } = scene();
    await see({ kind: "absent" }, holding("first"));
    expect(changedAt()).toBe(2);
  });

  it("is not that at which the same contents can be read again", async () => {
    const { see, changedAt } = scene();
    await see(holding("first"), { kind: "unreadable", message: "forbidden" }, holding("first"));
    expect(changedAt()).toBeUndefined();
  });

  it("is not that at which this process begins to serve the account again", async () => {
    const { accounts, see, changedAt } = scene();
    await see(holding("first"));
    accounts.startOver(ACCOUNT);
    await see(holding("first"));
    expect(changedAt()).toBeUndefined();
  });

  it("is noticed also after another process has served the account", async () => {
    const { accounts, see, changedAt } = scene();
    await see(holding("first"));
    accounts.startOver(ACCOUNT);
    await see(holding("second"));
    expect(changedAt()).toBe(2);
  });

  it("is kept while another process serves the account", async () => {
    const { accounts, see, changedAt } = scene();
    await see(holding("first"), holding("second"));
    accounts.startOver(ACCOUNT);
    await see(holding("second"));
    expect(changedAt()).toBe(2);
  });
});

describe("the age of what a process before this one saw", () => {
  const HOUR = 3_600_000;
  /** An object made two hours ago, whose last observation is said to have begun so long before now. */
  const isStale = (ago: number): boolean | undefined => {
    const { accounts, now } = scene();
    const at = (ms: number): string => new Date(now() - ms).toISOString();
    const entry = accounts.put(
      anAccount({
        metadata: { creationTimestamp: at(2 * HOUR) },
        status: { lastObservationTime: at(ago) },
        spec: { maxStaleness: "1h" },
      }),
    );
    return accounts.isStale(entry);
  };

  it("is that of its status", () => {
    expect(isStale(HOUR)).toBe(false);
    expect(isStale(HOUR + 1)).toBe(true);
  });

  it("is not known where a clock that ran ahead wrote it: then it counts from the object's creation", () => {
    expect(isStale(-HOUR / 3)).toBe(false);
    expect(isStale(-HOUR / 3 - 1)).toBe(true);
    expect(isStale(-365 * 24 * HOUR)).toBe(true);
  });
});
