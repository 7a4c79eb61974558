/** Does the clock of this machine agree with the leader's? Ages, staleness and back-off are told by clocks. */
import { ok, warning, type Finding } from "./finding.ts";

/** A renewal is a few seconds old when it is read; what is beyond this is no delay. */
const TOLERANCE_MS = 30_000;

/**
 * `renewTime`: RFC 3339, of a lease that was seen to be renewed just before `now` (ms since the epoch, our clock).
 * Nothing is found where it cannot be read.
 */
export function checkClock(renewTime: string | null | undefined, now: number): readonly Finding[] {
  const skewMs = Date.parse(renewTime ?? "") - now;
  if (Number.isNaN(skewMs)) return [];
  if (Math.abs(skewMs) <= TOLERANCE_MS) return [ok("the leader's clock agrees with the one of this machine")];
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  return [
    warning(
      `the leader's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the one of this machine`,
      "set both by NTP: compare `date -u` here with `kubectl get --raw /version -v 8`, which shows the API server's Date",
    ),
  ];
}
