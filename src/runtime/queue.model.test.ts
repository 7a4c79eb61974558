/** The queue against a list that does the same as plainly as it can be said. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { WorkQueue } from "./queue.ts";

type Action =
  | { readonly do: "add"; readonly key: string; readonly ms: number; readonly priority: number }
  | { readonly do: "take" }
  | { readonly do: "done"; readonly nth: number }
  | { readonly do: "wait"; readonly ms: number };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    do: fc.constant("add" as const),
    key: fc.constantFrom("a", "b", "c", "d"),
    ms: fc.constantFrom(0, 0, 10, 50),
    priority: fc.integer({ min: 0, max: 2 }),
  }),
  fc.record({ do: fc.constant("take" as const) }),
  fc.record({ do: fc.constant("done" as const), nth: fc.nat(3) }),
  fc.record({ do: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 60 }) }),
);

/** The queue as plainly as it can be said: a list of what waits, searched from one end to the other. */
class PlainQueue {
  waiting: { key: string; dueAt: number; priority: number }[] = [];
  held: string[] = [];

  add(key: string, dueAt: number, priority: number): void {
    const found = this.waiting.find((entry) => entry.key === key);
    if (found === undefined) this.waiting.push({ key, dueAt, priority });
    else
      Object.assign(found, {
        dueAt: Math.min(found.dueAt, dueAt),
        priority: Math.min(found.priority, priority),
      });
  }

  /** The keys that may be handed out now: the best lane of what is due and not held. */
  candidates(now: number): string[] {
    const free = this.waiting.filter((entry) => entry.dueAt <= now && !this.held.includes(entry.key));
    const best = Math.min(...free.map((entry) => entry.priority));
    return free.filter((entry) => entry.priority === best).map((entry) => entry.key);
  }

  take(key: string): void {
    this.waiting = this.waiting.filter((entry) => entry.key !== key);
    this.held.push(key);
  }
}

test("whatever is done in whatever order, it hands out what a plain list would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 60 }), async (actions) => {
      const clock = new ManualClock();
      const queue = new WorkQueue({ clock, random: () => 0.5 });
      const plain = new PlainQueue();
      for (const step of actions) {
        if (step.do === "add") {
          queue.addAfter(step.key, step.ms, step.priority);
          plain.add(step.key, clock.now() + step.ms, step.priority);
        } else if (step.do === "take") {
          const candidates = plain.candidates(clock.now());
          if (candidates.length === 0) continue;
          const key = (await queue.take()) ?? "nothing";
          expect(candidates).toContain(key);
          plain.take(key);
        } else if (step.do === "done") {
          const key = plain.held[step.nth];
          if (key === undefined) continue;
          queue.done(key);
          plain.held = plain.held.filter((other) => other !== key);
        } else {
          await clock.advance(step.ms);
        }
        const due = plain.waiting.filter((entry) => entry.dueAt <= clock.now()).length;
        expect(queue.stats()).toMatchObject({
          ready: due,
          delayed: plain.waiting.length - due,
          processing: plain.held.length,
        });
      }
    }),
    { numRuns: 150 },
  );
});
