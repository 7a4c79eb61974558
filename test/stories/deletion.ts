/** What stories of deletion share. */
import { expect } from "vitest";
import { condition, type Kind, type Site } from "./site.ts";

export const OTHER_STREET = { street: "2 Side St" };

/** Waits until the deletion is blocked, and returns what the object says about it. */
export async function blocked(site: Site, kind: Kind, name: string): Promise<string> {
  const object = await site.reason(kind, name, "DeletionBlocked");
  expect(condition(object)?.status).toBe("Unknown");
  expect(condition(object, "Reconciling")?.status).toBe("True");
  return condition(object)?.message ?? "";
}

/** Domain, binding and address of the usual names, confirmed, one after the other. */
export async function deleteAll(site: Site): Promise<void> {
  for (const [kind, name] of [
    ["domain", "sip"],
    ["binding", "desk"],
    ["address", "hq"],
  ] as const) {
    await site.annotate(kind, name, "confirm-delete");
    await site.delete(kind, name);
    await site.gone(kind, name);
  }
}
