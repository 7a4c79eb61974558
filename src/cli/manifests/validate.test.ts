import { expect, it } from "vitest";
import { ACCEPTED } from "../../../test/crds/accepted.ts";
import { VALID, withChanges } from "../../../test/crds/manifests.ts";
import { REFUSED } from "../../../test/crds/refused.ts";
import { faultsOf } from "./validate.ts";

it.each(ACCEPTED.map((entry) => [entry.kind, entry.what, entry] as const))(
  "takes what the API server takes: %s, %s",
  (kind, _, { changes }) => {
    expect(faultsOf(kind, withChanges(VALID[kind], changes))).toEqual([]);
  },
);

it.each(REFUSED.map((entry) => [entry.kind, entry.what, entry] as const))(
  "refuses what the API server refuses: %s, %s",
  (kind, _, { changes }) => {
    expect(faultsOf(kind, withChanges(VALID[kind], changes))).not.toEqual([]);
  },
);

it("knows blanks from the letter p", () => {
  const name = { customerName: "Workshop" };
  expect(faultsOf("EmergencyAddress", withChanges(VALID.EmergencyAddress, name))).toEqual([]);
  const blank = { customerName: "Workshop\u00a0" };
  expect(faultsOf("EmergencyAddress", withChanges(VALID.EmergencyAddress, blank))).not.toEqual([]);
});
