import { describe, expect, it } from "vitest";
import { CONTENT } from "../../../test/support/planning.ts";
import { contentOf, similarContent, type Content } from "./content.ts";

const similar = (changes: object): boolean =>
  similarContent(contentOf(CONTENT), contentOf({ ...CONTENT, ...changes }));

describe("content that Twilio has written in its own way", () => {
  it.each([
    ["upper case", { street: CONTENT.street.toUpperCase() }],
    ["blanks and punctuation", { street: `${CONTENT.street.replace(" ", ".  ")} ,` }],
    ["a postal code with blanks or dashes", { postalCode: CONTENT.postalCode.split("").join("-") }],
    ["an empty field for an absent one", { streetSecondary: "" }],
    ["a comma without a blank", { street: CONTENT.street.replace(" ", ",") }],
  ])("is the same: %s", (_, changes) => {
    expect(similar(changes)).toBe(true);
  });

  it.each([
    ["another street", { street: "77 Wrong St" }],
    ["a second line", { streetSecondary: "Floor 4" }],
    ["a field whose text another one has lost", { city: "", region: `${CONTENT.city} ${CONTENT.region}` }],
    ["a blank that makes two words of one", { street: CONTENT.street.replace("Main", "Ma in") }],
    ["another postal code", { postalCode: "80203" }],
    ["dashes in a street, where they count", { street: CONTENT.street.replace(" ", "-") }],
  ])("is not: %s", (_, changes) => {
    expect(similar(changes)).toBe(false);
  });
});

it("a letter is the same in capitals, or composed of its parts", () => {
  const inStreet = (street: string) => contentOf({ ...CONTENT, street });
  expect(similarContent(inStreet("Hauptstraße 1"), inStreet("HAUPTSTRASSE 1"))).toBe(true);
  expect(similarContent(inStreet("1 Rue du Caf\u00E9"), inStreet("1 RUE DU CAFE\u0301"))).toBe(true);
});

/** Content whose street counts how often it is read. */
function counted(): { readonly content: Content; reads(): number } {
  let reads = 0;
  const content = {
    ...contentOf(CONTENT),
    get street() {
      reads += 1;
      return "1 Main St";
    },
  };
  return { content, reads: () => reads };
}

it("content is taken out of a spec, and brought into its normal form, once", () => {
  const [spec, compared] = [counted(), counted()];
  for (let asked = 0; asked < 3; asked += 1) {
    contentOf(spec.content);
    similarContent(compared.content, contentOf(CONTENT));
  }
  expect([spec.reads(), compared.reads()]).toEqual([1, 1]);
});
