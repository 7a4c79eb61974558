import { expect, test } from "vitest";
import type { Thing } from "../../test/kube/memory-source.ts";
import { Store } from "./store.ts";

function thing(name: string, value: number, version: string, uid = `uid-${name}`): Thing {
  const metadata = { namespace: "ns", name, uid, resourceVersion: version };
  return { apiVersion: "example.com/v1", kind: "Thing", metadata, spec: { value } };
}

test("the same resourceVersion again is no change", () => {
  const store = new Store<Thing>();
  expect(store.put(thing("a", 1, "1"))).toHaveLength(1);
  expect(store.put(thing("a", 1, "1"))).toEqual([]);
});

test("another object of the same name is a deletion and an addition", () => {
  const store = new Store<Thing>();
  store.put(thing("a", 1, "1", "first"));
  const changes = store.put(thing("a", 2, "9", "second"));
  expect(changes.map((change) => `${change.type} ${change.object.metadata.uid}`)).toEqual([
    "deleted first",
    "added second",
  ]);
  expect(store.size).toBe(1);
});

test("replace leaves exactly the new list and tells the difference", () => {
  const store = new Store<Thing>();
  for (const name of ["a", "b", "c"]) store.put(thing(name, 1, "1"));
  const changes = store.replace([thing("b", 1, "1"), thing("c", 2, "5"), thing("d", 1, "6")]);
  expect(changes.map((change) => `${change.type} ${change.object.metadata.name}`)).toEqual([
    "deleted a",
    "modified c",
    "added d",
  ]);
  expect(store.list("ns")).toHaveLength(3);
  expect(store.list("other")).toEqual([]);
});

test("removing what is not there is no change", () => {
  expect(new Store<Thing>().remove({ namespace: "ns", name: "a" })).toEqual([]);
});
