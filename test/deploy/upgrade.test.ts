/**
 * The CRDs against those of the last release, in released-crds/: a release copies crds/ there. What was good stays good,
 * what was written stays there.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type Crd, type Schema, narrowings } from "./narrowings.ts";
import { ROOT } from "./tools.ts";

const read = (folder: string, file: string): Crd =>
  parse(readFileSync(join(ROOT, folder, file), "utf8")) as Crd;
const FILES = readdirSync(join(ROOT, "test/deploy/released-crds"));
const BINDINGS = "phonenumberbindings.yaml";

/** The released CRD of numbers after a change of its spec's schema, with a grown number. */
function changed(change: (spec: Schema) => Schema, schema = "2"): Crd {
  const crd = read("test/deploy/released-crds", BINDINGS);
  const [version] = crd.spec.versions;
  if (version === undefined) throw new Error("no version");
  const root = version.schema.openAPIV3Schema;
  const spec = change(root.properties?.["spec"] ?? {});
  const openAPIV3Schema = { ...root, properties: { ...root.properties, spec } };
  return {
    metadata: { ...crd.metadata, labels: { "emergency.twilio-operator.io/schema": schema } },
    spec: { ...crd.spec, versions: [{ ...version, schema: { openAPIV3Schema } }] },
  };
}

function property(name: string, change: (schema: Schema) => Schema | undefined): (spec: Schema) => Schema {
  return (spec) => {
    const { [name]: old = {}, ...others } = spec.properties ?? {};
    const next = change(old);
    return { ...spec, properties: next === undefined ? others : { ...others, [name]: next } };
  };
}

describe("since the last release", () => {
  it("every kind is still there", () => {
    expect(readdirSync(join(ROOT, "crds"))).toEqual(expect.arrayContaining(FILES));
    expect(FILES.length).toBeGreaterThanOrEqual(4);
  });

  it.each(FILES)("%s has only been added to", (file) => {
    expect(narrowings(read("test/deploy/released-crds", file), read("crds", file))).toEqual([]);
  });
});

describe("it would be seen", () => {
  const released = read("test/deploy/released-crds", BINDINGS);

  it.each([
    ["a field that is gone", property("suspend", () => undefined), ".spec.suspend is gone"],
    ["another type", property("suspend", (old) => ({ ...old, type: "string" })), "type has changed"],
    [
      "a value less",
      property("deletionPolicy", (old) => ({ ...old, enum: ["Retain"] })),
      "no longer allowed",
    ],
    ["another default", property("deletionPolicy", (old) => ({ ...old, default: "Unregister" })), "default"],
    [
      "another pattern",
      property("phoneNumber", (old) => ({ ...old, pattern: "^x$" })),
      "pattern has changed",
    ],
    ["a lower limit", property("phoneNumber", (old) => ({ ...old, maxLength: 3 })), "maxLength is narrower"],
    ["a field that must be there", (spec: Schema) => ({ ...spec, required: ["suspend"] }), "now required"],
    [
      "a rule",
      (spec: Schema) => ({ ...spec, "x-kubernetes-validations": [{ rule: "false" }] }),
      "a new rule",
    ],
  ] as const)("%s", (_, change, sentence) => {
    expect(narrowings(released, changed(change)).join("\n")).toContain(sentence);
  });

  it("a change under the same number", () => {
    const added = property("note", () => ({ type: "string" }));
    expect(narrowings(released, changed(added, "1"))).toEqual([
      "the label schema has not grown with the change",
    ]);
  });

  it("and an optional field more, or a value more, is fine", () => {
    expect(narrowings(released, changed(property("note", () => ({ type: "string" }))))).toEqual([]);
    const more = property("deletionPolicy", (old) => ({ ...old, enum: [...(old.enum ?? []), "Ask"] }));
    expect(narrowings(released, changed(more))).toEqual([]);
  });
});
