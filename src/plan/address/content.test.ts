import { describe, expect, it } from "vitest";
import { CONTENT } from "../../../test/support/planning.ts";
import { contentOf, similarContent } from "./content.ts";

const similar = (changes: object): boolean =>
  similarContent(contentOf(CONTENT), contentOf({ ...CONTENT, ...changes }));

describe("content that Twilio has written in its own way", () => {
  it.each([
    ["upper case", { street: CONTENT.street.toUpperCase() }],
    ["blanks and punctuation", { street: `${CONTENT.street.replace(" ", ".  ")} ,` }],
    ["a postal code with blanks or dashes", { postalCode: CONTENT.postalCode.split("").join("-") }],
    ["an empty field for an absent one", { streetSecondary: "" }],
  ])("is the same: %s", (_, changes) => {
    expect(similar(changes)).toBe(true);
  });

  it.each([
    ["another street", { street: "77 Wrong St" }],
    ["a second line", { streetSecondary: "Floor 4" }],
    ["a field whose text another one has lost", { city: "", region: `${CONTENT.city} ${CONTENT.region}` }],
    ["dashes in a street, where they count", { street: CONTENT.street.replace(" ", "-") }],
  ])("is not: %s", (_, changes) => {
    expect(similar(changes)).toBe(false);
  });
});
