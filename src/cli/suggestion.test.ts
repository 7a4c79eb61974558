import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { parse } from "yaml";
import type { AnyObject } from "../api/objects.ts";
import { cureOf } from "./status/cure.ts";
import { suggestedChanges, suggestionAsLines, suggestionAsPatch } from "./suggestion.ts";

const refused = (suggestedAddress?: object): AnyObject =>
  ({
    kind: "EmergencyAddress",
    metadata: { namespace: "shop", name: "hq" },
    spec: { customerName: "Acme", street: "1 Main Steet", city: "Denver", postalCode: "80202" },
    status: { suggestedAddress },
  }) as unknown as AnyObject;
const SUGGESTED = { street: "1 O'Main St: #4", city: "Denver", postalCode: "80202-1234" };
const CHANGES = { street: SUGGESTED.street, postalCode: SUGGESTED.postalCode };

it("is what differs from the spec, and nothing else", () => {
  expect(suggestedChanges(refused(SUGGESTED))).toEqual(CHANGES);
  expect(suggestedChanges(refused({ city: "Denver" }))).toBeUndefined();
  expect(suggestedChanges(refused())).toBeUndefined();
});

it("can be pasted into a manifest", () => {
  expect(parse(suggestionAsLines(refused(SUGGESTED)).join("\n"))).toEqual(CHANGES);
});

it("can be pasted into a shell, apostrophes and all, and is what status proposes", () => {
  const command = suggestionAsPatch(refused(SUGGESTED)) ?? "";
  const words = execFileSync("sh", ["-c", `kubectl() { printf '%s\\n' "$@"; }; ${command}`], {
    encoding: "utf8",
  });
  expect(words.split("\n").slice(0, 4)).toEqual(["-n", "shop", "patch", "emergencyaddresses"]);
  expect(JSON.parse(words.trimEnd().split("\n").at(-1) ?? "")).toEqual({ spec: CHANGES });
  expect(cureOf(refused(SUGGESTED), "AddressRejected")).toContain(command);
  expect(cureOf(refused(), "AddressRejected")).not.toContain("patch");
});
