import { describe, expect, it } from "vitest";
import { NOW, TERMINATING, world } from "../../../test/support/builders.ts";
import { checkObjects } from "./objects.ts";

const MINUTE = 60_000;
/** A binding whose deletion began so long ago. */
const deleted = (minutes: number, finalizers = TERMINATING.finalizers) => {
  const deletionTimestamp = new Date(NOW - minutes * MINUTE).toISOString();
  const { index } = world()
    .account()
    .binding("desk", { metadata: { finalizers, deletionTimestamp } })
    .build();
  return checkObjects([...index.all("PhoneNumberBinding")], NOW);
};

describe("a deletion", () => {
  it("that has only begun is nothing to tell", () => {
    expect(deleted(1)).toMatchObject([{ level: "ok" }]);
  });

  it("that is held by our finalizer for long is told with the way out", () => {
    expect(deleted(11)).toMatchObject([
      {
        level: "warning",
        what: "PhoneNumberBinding site/desk is being deleted for long: the operator has not looked at it",
        cure: expect.stringContaining(
          "kubectl -n site patch phonenumberbindings desk --type merge",
        ) as string,
      },
    ]);
  });

  it("that somebody else holds is not ours", () => {
    expect(deleted(11, ["example.com/other"])).toMatchObject([{ level: "ok" }]);
  });
});
