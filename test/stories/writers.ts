/** Who wrote what at Twilio, when several operator processes may. */
import type { Site } from "./site.ts";
import type { OperatorProcess } from "./stage.ts";

export interface Written {
  /** Index of the process that says in its log that it made the write; -1 if none does. */
  readonly by: number;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Writes at Twilio that did something, in their order. */
export async function writers(site: Site, replicas: readonly OperatorProcess[]): Promise<readonly Written[]> {
  const records = await site.control.writes(site.sid);
  return records.map(({ requestId, beganAt, endedAt }) => ({
    by: replicas.findIndex((one) => one.log.some((line) => line.includes(requestId))),
    beganAt,
    endedAt,
  }));
}

/** Writes that began before one of another process had ended. */
export function overlaps(written: readonly Written[]): readonly Written[] {
  return written.filter((one, index) =>
    written.some((other, at) => at < index && other.by !== one.by && other.endedAt > one.beganAt),
  );
}
