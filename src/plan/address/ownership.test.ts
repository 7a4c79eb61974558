import { expect, it } from "vitest";
import { world } from "../../../test/support/builders.ts";
import { ownedAddresses } from "./ownership.ts";

it("what an object owns depends on the owner, however often it is asked", () => {
  const { index, snapshot } = world().account().address("hq").build();
  const [hq] = index.all("EmergencyAddress");
  if (hq?.kind !== "EmergencyAddress") throw new Error("the address is missing");
  const prefixOf = (owner: string): string => ownedAddresses(snapshot, hq, owner).prefix;
  const first = prefixOf("berlin");
  expect(prefixOf("madrid")).not.toBe(first);
  expect(prefixOf("berlin")).toBe(first);
});
