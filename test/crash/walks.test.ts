/** Random walks; a failing one is shrunk and told with the seed that repeats it: `WALK_SEED=… npm run test:crash -- walks`. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isWhole } from "./chosen.ts";
import { Ground } from "./ground.ts";
import { writeResult } from "./results.ts";
import { COMPANY, walks } from "./walk-actions.ts";
import { walk } from "./walk.ts";

const ground = new Ground("walks");
beforeAll(() => ground.open());
afterAll(() => ground.close());

/** Seeds that walk side by side. */
const LANES = isWhole() ? 4 : 2;
const RUNS = isWhole() ? 200 : 10;
/** Shrinking ends here at the latest, in ms. */
const LONGEST_MS = isWhole() ? 2_400_000 : 240_000;
const SEED = Number(process.env["WALK_SEED"] ?? (isWhole() ? Date.now() % 2 ** 31 : 911));

/** Walks that have come right, over all seeds. */
let walked = 0;

describe.concurrent("a company of twelve numbers, whatever happens to it", () => {
  it.each(Array.from({ length: LANES }, (_, lane) => SEED + lane))(
    "seed %d: keeps every promise, and comes right when it is let alone",
    async (seed) => {
      let mine = 0;
      const property = fc.asyncProperty(walks, async (actions) => {
        const broken = await ground.play({ site: COMPANY }, (one) => walk(one, actions));
        mine += 1;
        expect(broken).toEqual([]);
      });
      await fc.assert(property, { seed, numRuns: RUNS / LANES, interruptAfterTimeLimit: LONGEST_MS });
      expect(mine).toBeGreaterThanOrEqual(RUNS / LANES);
      walked += mine;
    },
    3_000_000,
  );

  afterAll(() => {
    if (isWhole() && walked >= RUNS) writeResult("walks", "walks", { walks: RUNS, numbers: COMPANY.numbers });
  });
});
