import { expect, it } from "vitest";
import { KINDS } from "../../api/names.ts";
import type { AnyObject } from "../../api/objects.ts";
import { REASONS, type Reason } from "../../api/reasons.ts";
import { cureOf } from "./cure.ts";

const reasons = Object.keys(REASONS) as Reason[];

function objectOf(kind: (typeof KINDS)[number]): AnyObject {
  const spec = { credentialsSecretRef: { name: "twilio-credentials" } };
  return { kind, metadata: { namespace: "shop", name: "desk" }, spec } as unknown as AnyObject;
}

it.each(KINDS)("leaves no placeholder in the cures of a %s", (kind) => {
  for (const reason of reasons) expect(cureOf(objectOf(kind), reason) ?? "").not.toMatch(/[{}]/);
});

it("has a cure for every reason that stops an object", () => {
  const without = reasons.filter(
    (reason) => REASONS[reason].stalled && cureOf(objectOf("PhoneNumberBinding"), reason) === undefined,
  );
  expect(without).toEqual([]);
});

it("names the object in commands that are there to be copied", () => {
  expect(cureOf(objectOf("PhoneNumberBinding"), "AwaitingApproval")).toContain(
    "twilio-emergency approve PhoneNumberBinding/desk --namespace shop",
  );
  expect(cureOf(objectOf("TwilioAccount"), "SecretNotFound")).toContain(
    "kubectl -n shop create secret generic twilio-credentials",
  );
});

it("has nothing to say of a reason that another version wrote", () => {
  expect(cureOf(objectOf("TwilioAccount"), "FromTheFuture" as Reason)).toBeUndefined();
});
