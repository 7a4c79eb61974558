/** Every workflow, killed before, during and after each of its writes to Twilio and to the API server, and started again. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Moment } from "./calls.ts";
import { chosen, isWhole } from "./chosen.ts";
import { Ground } from "./ground.ts";
import { disturbed, undisturbed } from "./play.ts";
import { writeResult } from "./results.ts";
import { WORKFLOWS, type Workflow } from "./workflows.ts";

const ground = new Ground("crash");
beforeAll(() => ground.open());
afterAll(() => ground.close());

const MOMENTS: readonly Moment[] = ["before", "during", "after"];

interface Point {
  readonly label: string;
  readonly name: string;
  readonly occurrence: number;
  /** Its place among all writes. */
  readonly place: number;
  readonly moment: Moment;
}

function pointsOf(workflow: Workflow, names: readonly string[]): readonly Point[] {
  return names.flatMap((name, index) => {
    const occurrence = names.slice(0, index + 1).filter((other) => other === name).length;
    const times = occurrence === 1 ? "" : ` (${occurrence})`;
    return MOMENTS.map((moment) => ({
      label: `${workflow.name} | ${moment} ${name}${times}`,
      ...{ name, occurrence, moment, place: index + 1 },
    }));
  });
}

interface Result {
  readonly label: string;
  readonly broken: readonly string[];
}

/**
 * Tried by name first; where the writes come in another order this time, by place; where there are fewer of them this
 * time (statuses that follow each other quickly are one write), by the last places there are.
 */
async function crash(
  workflow: Workflow,
  point: Point,
  end: Parameters<typeof disturbed>[2]["end"],
): Promise<Result> {
  const { label, name, occurrence, place, moment } = point;
  const places = [place, place - 1, place - 2].filter((one) => one > 0);
  const byPlace = places.map((one) => ({ occurrence: one, moment }));
  for (const failpoint of [{ name, occurrence, moment }, ...byPlace]) {
    const options = { ...workflow, failpoint };
    const played = await ground.play(options, async (one) => ({
      broken: await disturbed(one, workflow, { end }),
      deaths: one.deaths,
    }));
    if (played.broken.length > 0 || played.deaths === 1) return { label, broken: played.broken };
  }
  return { label, broken: ["was not reached, neither by name nor by place"] };
}

describe.concurrent("killed at any write and started again", () => {
  it.each(WORKFLOWS)(
    "$name: ends as if nothing had happened, and breaks no promise",
    async (workflow) => {
      const { end, points } = await ground.play(workflow, (one) => undisturbed(one, workflow));
      expect(points.length).toBeGreaterThan(1);
      const cases = pointsOf(workflow, points).filter(({ label }) => chosen(label));
      const results = await Promise.all(cases.map((point) => crash(workflow, point, end)));
      const broken = results.filter((result) => result.broken.length > 0);
      if (isWhole())
        writeResult("crash", workflow.name, {
          points: points.length,
          crashes: results.length,
          broken: broken.length,
        });
      expect(broken).toEqual([]);
    },
    3_000_000,
  );
});
