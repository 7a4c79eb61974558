import { expect, it } from "vitest";
import { tagOf } from "../../../test/support/builders.ts";
import { addressRecord, anAddress, OWNER, sid } from "../../../test/support/planning.ts";
import { orphansOf } from "./find.ts";

const [FIRST, TWIN] = [sid("AD", 1), sid("AD", 2)];
const listing = {
  addresses: [FIRST, TWIN].map((each, index) =>
    addressRecord({ sid: each, friendlyName: tagOf("hq"), dateCreated: index }),
  ),
  numbers: [],
} as unknown as Parameters<typeof orphansOf>[0];

const orphans = (status: object): readonly string[] =>
  orphansOf(listing, [anAddress("hq", { status: { sid: FIRST, ...status } })], OWNER).map(
    (orphan) => orphan.sid,
  );

it("lists a second Address also when the object's own message speaks of it", () => {
  const message = `${FIRST} exists at Twilio with this content. Twilio also has ${TWIN} of the same content.`;
  expect(orphans({ conditions: [{ type: "Ready", status: "True", message }] })).toEqual([TWIN]);
  expect(orphans({ lastError: { message } })).toEqual([TWIN]);
});

it("lists none that an object counts on", () => {
  expect(orphans({ retiringSids: [TWIN] })).toEqual([]);
  expect(orphans({ sid: TWIN })).toEqual([FIRST]);
});
