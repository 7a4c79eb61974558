/** Lanes of the work queue: lower is served first. */
export const LANE = {
  /** Without protection by a step of ours. */
  unprotected: 0,
  /** Somebody has changed an object. */
  change: 10,
  /** Something was seen at Twilio that somebody waits for. */
  observed: 20,
  /** Everything else that a listing showed. */
  sweep: 30,
} as const;
