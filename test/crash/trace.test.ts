/** The witness of S2 must itself be believed: what it takes for persisted, and what not. */
import { describe, expect, it } from "vitest";
import type { Call, Sent } from "./calls.ts";
import { Trace } from "./trace.ts";

const BINDING = "/apis/emergency.twilio-operator.io/v1alpha1/namespaces/site/phonenumberbindings/s1-desk";
const patch = (path: string, body: object): Call => ({
  to: "kube",
  method: "PATCH",
  path,
  body: JSON.stringify(body),
});
const RECORD = patch(`${BINDING}/status`, { status: { operation: { type: "DisassociateAddress" } } });
const HOLD = patch(BINDING, { metadata: { finalizers: ["ours"] } });
const TAKE: Call = {
  to: "twilio",
  method: "POST",
  path: `/2010-04-01/Accounts/AC/IncomingPhoneNumbers/PN${"0".repeat(32)}.json`,
  body: "EmergencyAddressSid=",
};

/** What was missing when the address was taken, after both patches had ended so. */
function missing(recordEnded: Sent["type"], holdEnded: Sent["type"], hasDied = false): readonly string[] {
  const trace = new Trace();
  const told = (id: number, call: Call, type: Sent["type"]): void => trace.add({ type, id, call, at: id });
  told(1, HOLD, "sent");
  if (holdEnded !== "sent") told(1, HOLD, holdEnded);
  told(2, RECORD, "sent");
  if (recordEnded !== "sent") told(2, RECORD, recordEnded);
  if (hasDied) trace.died();
  told(3, TAKE, "sent");
  return trace.bare.map((bare) => bare.missing);
}

describe("a disassociation that was sent", () => {
  it("after record and finalizer were answered is as it should be", () => {
    expect(missing("answered", "answered")).toEqual([]);
  });

  it("after one of them was refused, or while it was under way, had not that", () => {
    expect(missing("refused", "answered")).toEqual(["status.operation"]);
    expect(missing("answered", "refused")).toEqual(["the finalizer"]);
    expect(missing("sent", "sent")).toEqual(["status.operation and the finalizer"]);
  });

  it("has the benefit of the doubt where an answer was lost, or the process died under way", () => {
    expect(missing("lost", "lost")).toEqual([]);
    expect(missing("sent", "answered", true)).toEqual([]);
  });
});
