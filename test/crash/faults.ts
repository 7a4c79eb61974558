/** Everything that can go wrong between the operator and Twilio, as it is tried on every call. */
import type { FaultAction } from "../../src/emulator/faults.ts";
import type { Route } from "./routes.ts";

export interface Fault {
  readonly name: string;
  /** How many requests it strikes. */
  readonly times: number;
  /** Absent: it strikes the operator's clock, not Twilio's answer. */
  readonly action?: (route: Route) => FaultAction;
  readonly on?: "listings";
  /** Longer than a time-out of the operator: rare in quick runs. */
  readonly isSlow?: true;
  /** Flags of `run` for its cases. */
  readonly flags?: readonly string[];
  /** Numbers that are listed before those of the case, so that these stand on the second page. */
  readonly pageBefore?: number;
}

const answer = (status: number, code: number, more: object = {}): FaultAction => ({
  ...{ type: "answer", status, code, message: "A fault on purpose" },
  ...more,
});
/** Longer than the operator waits: 8 s for a write, 30 s for a read. */
const tooLong = ({ method }: Route): number => (method === "GET" ? 31_000 : 9_000);

export const FAULTS: readonly Fault[] = [
  { name: "answer lost after it took effect", times: 1, action: () => ({ type: "cut", when: "after" }) },
  { name: "connection cut before it took effect", times: 2, action: () => ({ type: "cut", when: "before" }) },
  { name: "500 before it took effect", times: 2, action: () => answer(500, 20500) },
  {
    name: "503 after it took effect",
    times: 1,
    action: () => ({ type: "answerAfter", status: 503, code: 20503 }),
  },
  {
    name: "429 burst",
    times: 5,
    action: () => answer(429, 20429, { headers: { "retry-after": "1" } }),
  },
  { name: "409 while busy", times: 3, action: () => answer(409, 20409) },
  { name: "401 for a while", times: 4, action: () => answer(401, 20003) },
  { name: "truncated JSON", times: 1, action: () => ({ type: "truncate" }) },
  { name: "HTML instead of JSON", times: 1, action: () => ({ type: "html", status: 200 }) },
  { name: "HTML of a gateway", times: 1, action: () => ({ type: "html", status: 502 }) },
  { name: "empty answer", times: 1, action: () => ({ type: "empty" }) },
  {
    name: "lagging listing",
    times: 6,
    on: "listings",
    action: () => ({ type: "lag", ms: 1_500 }),
  },
  {
    name: "missing page",
    times: 2,
    on: "listings",
    pageBefore: 1_000,
    action: () => ({ type: "missingPage" }),
  },
  { name: "shrunken listing", times: 1, on: "listings", action: () => ({ type: "shrink", part: 0.5 }) },
  { name: "empty listing", times: 1, on: "listings", action: () => ({ type: "shrink", part: 1 }) },
  { name: "empty listing twice", times: 2, on: "listings", action: () => ({ type: "shrink", part: 1 }) },
  {
    name: "slow beyond the time-out, then it takes effect",
    times: 1,
    isSlow: true,
    // The looks after a lost answer are 5, 15 and 60 s after its start: the last one must not come before the effect.
    flags: ["--time-scale", "4"],
    action: (route) => ({ type: "delay", ms: tooLong(route) }),
  },
  {
    name: "answer slow beyond the time-out",
    times: 1,
    isSlow: true,
    action: (route) => ({ type: "delayAfter", ms: tooLong(route) }),
  },
  { name: "clock jumps ahead by two hours", times: 1 },
  { name: "clock jumps back by two hours", times: 1 },
];

export function applies(fault: Fault, route: Route): boolean {
  return fault.on === undefined || route.isListing;
}
