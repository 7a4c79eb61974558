/** The tag says who made an Address, for which object and with what content; nothing else may pass for one. */
import { describe, expect, it } from "vitest";
import { makeTag, objectPart, objectPartOf, objectPrefix, ownerPart, parseTag } from "./tag.ts";

const PREFIX = objectPrefix("berlin", "site", "hq");
const CONTENT = "abcdefgh";

describe("a tag", () => {
  it("says its owner, its object, its content and its revision", () => {
    const tag = makeTag(PREFIX, CONTENT, 37);
    expect(tag).toHaveLength(31);
    expect(parseTag(tag)).toEqual({
      owner: ownerPart("berlin"),
      object: PREFIX,
      content: CONTENT,
      revision: 37,
    });
  });

  it("has two characters for the revision, which begins again after 1295", () => {
    expect(makeTag(PREFIX, CONTENT, 0)).toBe(`${PREFIX}${CONTENT}-00`);
    expect(makeTag(PREFIX, CONTENT, 1295)).toBe(`${PREFIX}${CONTENT}-zz`);
    expect(makeTag(PREFIX, CONTENT, 1296)).toBe(`${PREFIX}${CONTENT}-00`);
  });

  it("is not read from a name that has more before it or behind it, or is none", () => {
    const tag = makeTag(PREFIX, CONTENT, 0);
    for (const name of [
      `x${tag}`,
      `Old ${tag}`,
      `${tag}0`,
      `${tag} (old)`,
      tag.slice(0, -1),
      "Front desk",
      "",
    ])
      expect(parseTag(name)).toBeUndefined();
  });

  it("leads to its object, if it is of this owner", () => {
    const tag = makeTag(PREFIX, CONTENT, 0);
    expect(objectPartOf(tag, ownerPart("berlin"))).toBe(objectPart("site", "hq"));
    expect(objectPartOf(tag, ownerPart("madrid"))).toBeUndefined();
    expect(objectPartOf(`x${tag}`, ownerPart("berlin"))).toBeUndefined();
    expect(objectPartOf("Front desk", ownerPart("berlin"))).toBeUndefined();
  });

  it("tells objects apart by namespace and name", () => {
    expect(objectPart("site", "hq")).not.toBe(objectPart("hq", "site"));
    expect(objectPart("a", "b-c")).not.toBe(objectPart("a-b", "c"));
  });
});
