/** Plays a workflow in a case, to its end and in quiet, and says what was wrong. */
import { eventually } from "../stories/eventually.ts";
import type { Case } from "./case.ts";
import { differences, endOf, type End } from "./end.ts";
import { brokenPromises } from "./promises.ts";
import type { Workflow } from "./workflows.ts";

/** After a crash, what is left to do may take a while on a busy machine. */
const END_MS = 30_000;

export interface Undisturbed {
  readonly end: End;
  /** Names of the writes, in order; the same name may come several times. */
  readonly points: readonly string[];
}

/** The workflow without a crash: how it ends, and the points of which each is crashed. Throws if a promise breaks. */
export async function undisturbed(one: Case, workflow: Workflow): Promise<Undisturbed> {
  const { site } = one;
  await workflow.given?.(site);
  await one.arm();
  await workflow.play(site);
  await site.quiet();
  await site.check();
  const broken = await brokenPromises(site, one.trace, workflow.expected ?? {});
  if (broken.length > 0) throw new Error(broken.join("\n"));
  return { end: await endOf(site), points: [...one.points] };
}

interface Disturbance {
  /** How the workflow ends undisturbed. */
  readonly end: End;
  readonly begin?: (one: Case) => Promise<unknown>;
  /** Waits for what may still take effect when the workflow has come to its end. */
  readonly over?: (one: Case) => Promise<unknown>;
}

/** Plays it, disturbed by whatever the case was made with; every sentence that was broken. */
export async function disturbed(
  one: Case,
  workflow: Workflow,
  { end, begin, over }: Disturbance,
): Promise<readonly string[]> {
  const { site } = one;
  try {
    await workflow.given?.(site);
    await one.arm();
    await begin?.(one);
    await workflow.play(site);
    await over?.(one);
    const differs = await untilEqual(one, end);
    await site.mark();
    await site.quiet();
    const written = await site.writes();
    await site.check();
    return [
      ...differs,
      ...written.map((write) => `written after the end: ${write}`),
      ...(await brokenPromises(site, one.trace, workflow.expected ?? {})),
    ];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

async function untilEqual({ site }: Case, end: End): Promise<readonly string[]> {
  let last: readonly string[] = [];
  await eventually(async () => {
    last = differences(await endOf(site), end);
    return last.length === 0 ? true : undefined;
  }, END_MS);
  return last;
}
