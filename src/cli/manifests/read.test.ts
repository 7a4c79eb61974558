import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifests } from "./read.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "twilio-emergency-manifests-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(...texts: readonly string[]): ReturnType<typeof readManifests> {
  const file = join(folder, "all.yaml");
  writeFileSync(file, texts.join("---\n"));
  return readManifests([file]);
}

const ACCOUNT = `apiVersion: emergency.twilio-operator.io/v1alpha1
kind: TwilioAccount
metadata:
  name: main
spec:
  accountSid: AC00000000000000000000000000000001
  credentialsSecretRef:
    name: creds
`;
const SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: creds\nstringData:\n  authToken: word\n";

describe("objects that are none of our business", () => {
  it.each([
    ["Kustomization", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: []\n"],
    ["Pod", "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: any-\n"],
    [
      "Role/system:any",
      "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata:\n  name: system:any\n",
    ],
  ])("may be named as they like: %s", (skipped, text) => {
    expect(read(ACCOUNT, text)).toMatchObject({ objects: [{ kind: "TwilioAccount" }], skipped: [skipped] });
  });

  it.each([
    ["TwilioAccount", ACCOUNT],
    ["Secret", SECRET],
  ])("a %s is not: it needs a name", (kind, text) => {
    expect(() => read(ACCOUNT, text.replace(/name: (main|creds)/, "labels: {}"))).toThrow(
      `metadata.name of this ${kind} must be lower-case letters`,
    );
  });
});

it.each(["", "~", '""', "default"])(
  "the namespace [%s] is the default one, for Secrets as for objects",
  (text) => {
    const within = (manifest: string): string =>
      manifest.replace("metadata:\n", `metadata:\n  namespace: ${text}\n`);
    const { objects, secrets } = read(within(ACCOUNT), within(SECRET));
    expect(objects).toMatchObject([{ metadata: { name: "main", namespace: "default" } }]);
    expect([...secrets.keys()]).toEqual(["default/creds"]);
  },
);
