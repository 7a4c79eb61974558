/** What people, Twilio and the network may do to a company of twelve numbers, and walks made of that. */
import fc from "fast-check";
import type { FaultAction } from "../../src/emulator/faults.ts";
import { FAILING } from "./ground.ts";
import { FOREIGN, stored } from "./steps.ts";

export const NUMBERS = 12;
export const ADDRESSES = ["hq", "branch", "annex"] as const;
export const STREETS = ["1 Main St", "2 Side St", "3 Third St", FAILING] as const;

export type Action =
  | { readonly do: "bind"; readonly number: number; readonly address: number; readonly spec: BindingSpec }
  | { readonly do: "move"; readonly address: number; readonly street: number }
  | { readonly do: "budget"; readonly maxUnprotected: number }
  | { readonly do: "domain"; readonly caller: number; readonly isEnabled: boolean }
  | { readonly do: "unbind"; readonly number: number }
  | { readonly do: "drop"; readonly address: number }
  | { readonly do: "by hand"; readonly number: number; readonly slot: "empty" | "foreign" | "failed" }
  | { readonly do: "edit address"; readonly address: number }
  | { readonly do: "approve" }
  | { readonly do: "ask again"; readonly number: number }
  | { readonly do: "lose status"; readonly number: number }
  | { readonly do: "restart"; readonly signal: "SIGKILL" | "SIGTERM" }
  | { readonly do: "fault"; readonly path: string; readonly action: FaultAction; readonly times: number }
  | { readonly do: "wait"; readonly ms: number };

interface BindingSpec {
  readonly emergencyStatus: "Active" | "Inactive";
  readonly changePolicy: "Rolling" | "Manual";
  readonly deletionPolicy: "Retain" | "Unregister";
  readonly suspend: boolean;
}

const number = fc.nat(NUMBERS - 1);
const address = fc.nat(ADDRESSES.length - 1);
const mostly = <T>(usual: T, other: T): fc.Arbitrary<T> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constant(other) });
const spec = fc.record<BindingSpec>({
  emergencyStatus: mostly<"Active" | "Inactive">("Active", "Inactive"),
  changePolicy: mostly<"Rolling" | "Manual">("Rolling", "Manual"),
  deletionPolicy: mostly<"Retain" | "Unregister">("Retain", "Unregister"),
  suspend: mostly(false, true),
});
const is = <K extends Action["do"]>(kind: K): fc.Arbitrary<K> => fc.constant(kind);

/** What may be wrong with an answer; the operator must get over each by itself. */
const trouble: fc.Arbitrary<FaultAction> = fc.constantFrom<FaultAction>(
  { type: "cut", when: "before" },
  { type: "cut", when: "after" },
  { type: "answer", status: 500 },
  { type: "answerAfter", status: 503 },
  { type: "answer", status: 429, code: 20429, headers: { "retry-after": "1" } },
  { type: "answer", status: 409, code: 20409 },
  { type: "answer", status: 401, code: 20003 },
  { type: "truncate" },
  { type: "empty" },
  { type: "delayAfter", ms: 300 },
);
const PATHS = [
  "Addresses.json",
  "Addresses/AD",
  "IncomingPhoneNumbers/PN",
  "IncomingPhoneNumbers.json",
  "SIP/",
];

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: is("bind"), number, address, spec }) },
  { weight: 4, arbitrary: fc.record({ do: is("move"), address, street: fc.nat(STREETS.length - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: is("budget"), maxUnprotected: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ do: is("domain"), caller: number, isEnabled: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: is("unbind"), number }) },
  { weight: 1, arbitrary: fc.record({ do: is("drop"), address }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is("by hand"),
      number,
      slot: fc.constantFrom<"empty" | "foreign" | "failed">("empty", "foreign", "failed"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: is("edit address"), address }) },
  { weight: 2, arbitrary: fc.record({ do: is("approve") }) },
  { weight: 1, arbitrary: fc.record({ do: is("ask again"), number }) },
  { weight: 1, arbitrary: fc.record({ do: is("lose status"), number }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: is("restart"),
      signal: fc.constantFrom<"SIGKILL" | "SIGTERM">("SIGKILL", "SIGTERM"),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: is("fault"),
      path: fc.constantFrom(...PATHS),
      action: trouble,
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: is("wait"), ms: fc.integer({ min: 50, max: 600 }) }) },
);

export const walks = fc.array(action, { minLength: 6, maxLength: 24, size: "max" });

/** What the account of every walk has. */
export const COMPANY = {
  numbers: NUMBERS,
  domains: 1,
  addresses: [{ sid: FOREIGN, friendly_name: "Somebody's", ...stored("99 Old St") }],
};
