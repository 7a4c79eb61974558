import { expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import {
  ACCOUNT,
  aBinding,
  addressRecord,
  anAddress,
  CONTENT,
  numberRecord,
  sid,
} from "../../test/support/planning.ts";
import { createAudit } from "../telemetry/audit.ts";
import { AccountSnapshot } from "../twilio/snapshot.ts";
import type { Answer, TwilioAccountClient } from "../twilio/types.ts";
import { auditor } from "./audited.ts";

const BEFORE = numberRecord({ emergencyAddressStatus: "unregistered" });
const AFTER = numberRecord({
  emergencyAddressSid: sid("AD", 1),
  emergencyAddressStatus: "pending-registration",
});

function setUp(answer: Answer<unknown>) {
  const lines: string[] = [];
  const clock = new ManualClock();
  const snapshot = new AccountSnapshot(ACCOUNT, { tagPrefixLength: 20 });
  snapshot.mergeListing({ numbers: [BEFORE], addresses: [], domains: [], startedAt: 0 });
  const call = async (): Promise<Answer<unknown>> => {
    await clock.sleep(0);
    return answer;
  };
  const client = {
    accountSid: ACCOUNT,
    associateAddress: call,
    createAddress: call,
    fetchNumber: call,
  } as unknown as TwilioAccountClient;
  const audited = auditor(createAudit({ write: (line) => void lines.push(line) }), clock);
  const about = {
    object: aBinding("desk"),
    step: { type: "AssociateAddress", numberSid: sid("PN", 1), addressSid: sid("AD", 1) },
    view: snapshot,
  } as const;
  return { lines, clock, audited, client, about, snapshot };
}

async function associated(answer: Answer<unknown>) {
  const { lines, clock, audited, client, about } = setUp(answer);
  const sending = audited(client, about).associateAddress(sid("PN", 1), sid("AD", 1));
  await clock.advance(0);
  await sending;
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const DONE = { ok: true, value: AFTER, startedAt: 0, requestId: "RQ1" } as const;

it("a write is one line: object, operation, hashes before and after, request id and result", async () => {
  const [line, ...more] = await associated(DONE);
  expect(more).toEqual([]);
  expect(line).toMatchObject({
    ...{ level: "info", log: "audit", msg: "write to Twilio" },
    ...{ object: "PhoneNumberBinding/site/desk", account: "site/default" },
    ...{ operation: "AssociateAddress", target: sid("PN", 1) },
    ...{ requestId: "RQ1", result: "done", code: null, httpStatus: null, ms: 0 },
  });
  const [unchanged] = await associated({ ...DONE, value: BEFORE });
  expect(line?.["before"]).toMatch(/^[a-z2-7]{20}$/);
  expect(unchanged?.["before"]).toBe(line?.["before"]);
  expect(unchanged?.["after"]).toBe(unchanged?.["before"]);
  expect(line?.["after"]).not.toBe(line?.["before"]);
});

it("says what Twilio refused, and what nobody knows", async () => {
  const message = "1 Main St is no address";
  const refused = { kind: "rejected", code: 21629, httpStatus: 400, requestId: "RQ2", message } as const;
  const [line] = await associated({ ok: false, failure: refused, startedAt: 0 });
  expect(line).toMatchObject({
    result: "rejected",
    code: 21629,
    httpStatus: 400,
    requestId: "RQ2",
    after: null,
  });
  const [lost] = await associated({ ok: false, failure: { kind: "unknown", message }, startedAt: 0 });
  expect(lost).toMatchObject({ result: "unknown", code: null, httpStatus: null, requestId: null });
  expect(JSON.stringify([line, lost])).not.toContain("Main");
});

it("what was not sent is no write, and neither is a look", async () => {
  const notSent = { kind: "notSent", message: "stopping" } as const;
  expect(await associated({ ok: false, failure: notSent, startedAt: 0 })).toEqual([]);
  const { lines, clock, audited, client, about } = setUp(DONE);
  const looking = audited(client, about).fetchNumber(sid("PN", 1));
  await clock.advance(0);
  expect(await looking).toEqual(DONE);
  expect(lines).toEqual([]);
});

it("a line about an Address holds no part of it", async () => {
  const { lines, clock, audited, client, snapshot } = setUp({ ...DONE, value: addressRecord() });
  const address = { ...CONTENT, streetSecondary: "", friendlyName: "tag", autoCorrectAddress: false };
  const step = { type: "CreateAddress", address } as const;
  const creating = audited(client, { object: anAddress("hq"), step, view: snapshot }).createAddress(address);
  await clock.advance(0);
  await creating;
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ target: "tag", before: null, result: "done" });
  for (const part of [CONTENT.customerName, CONTENT.street, CONTENT.city, CONTENT.postalCode])
    expect(lines.join("")).not.toContain(part);
});
