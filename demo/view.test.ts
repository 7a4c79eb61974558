import { expect, it } from "vitest";
import type { PhoneNumberBinding } from "../src/api/objects.ts";
import type { RequestRecord } from "../test/support/emulator.ts";
import { callLine, folded, gaps, mostAtOnce, rowsOf, shortSids, tableRow } from "./view.ts";

const NUMBER = `PN${"0".repeat(28)}0100`;
const ADDRESS = `AD${"a".repeat(28)}beef`;

function request(over: Partial<RequestRecord>): RequestRecord {
  return {
    id: 1,
    beganAt: 3_400,
    endedAt: 3_500,
    method: "POST",
    path: `/2010-04-01/Accounts/AC${"0".repeat(32)}/IncomingPhoneNumbers/${NUMBER}.json`,
    query: {},
    accountSid: `AC${"0".repeat(32)}`,
    form: { EmergencyAddressSid: ADDRESS },
    status: 200,
    code: undefined,
    sid: undefined,
    effect: true,
    requestId: "RQ1",
    fault: undefined,
    ...over,
  };
}

it("shortens sids but keeps them apart", () => {
  expect(shortSids(`${NUMBER} ${ADDRESS}`)).toBe("PN…0100 AD…beef");
});

it("shows a write with its field and answer", () => {
  expect(callLine(request({}), 1_000)).toBe(
    "  2.4s POST   /IncomingPhoneNumbers/PN…0100 EmergencyAddressSid=AD…beef → 200",
  );
});

it("shows the code of a refusal within 80 columns", () => {
  const line = callLine(request({ form: { Street: "x".repeat(100) }, status: 400, code: 21629 }), 1_000);
  expect(line.length).toBe(80);
  expect(callLine(request({ form: {}, status: 400, code: 21629 }), 1_000)).toContain("→ 400 error 21629");
});

it("says of an object without status that nobody has looked", () => {
  const binding = {
    kind: "PhoneNumberBinding",
    metadata: {
      name: "desk",
      namespace: "demo",
      uid: "u",
      generation: 1,
      resourceVersion: "1",
      creationTimestamp: "",
    },
    spec: { emergencyStatus: "Active", changePolicy: "Rolling" },
  } as PhoneNumberBinding;
  expect(tableRow(binding)).toBe(`${"number desk".padEnd(34)} -        not looked at yet`);
});

it("measures from the loss of protection to its return, and who overlaps", () => {
  const timeline = [
    { numberSid: "A", at: 0, registeredAt: "AD1" },
    { numberSid: "A", at: 100, registeredAt: null },
    { numberSid: "B", at: 150, registeredAt: null },
    { numberSid: "A", at: 300, registeredAt: "AD2" },
    { numberSid: "C", at: 400, registeredAt: null },
    { numberSid: "B", at: 450, registeredAt: "AD2" },
  ];
  const found = gaps(timeline, 50);
  expect(found).toEqual([
    { numberSid: "A", from: 100, ms: 200 },
    { numberSid: "B", from: 150, ms: 300 },
    { numberSid: "C", from: 400, ms: undefined },
  ]);
  expect(mostAtOnce(found)).toBe(2);
  expect(gaps(timeline, 401)).toEqual([]);
  expect(mostAtOnce([])).toBe(0);
});

it("folds sentences at spaces and leaves commands whole", () => {
  expect(folded("The headquarters move", 10)).toEqual(["The", "  headquarters", "  move"]);
  expect(folded("a b\n  export KUBECONFIG=/a/long/path", 10)).toEqual([
    "a b",
    "  export KUBECONFIG=/a/long/path",
  ]);
});

it("counts the rows that long lines take", () => {
  expect(rowsOf(["short", "", "x".repeat(21)], 10)).toBe(5);
});
