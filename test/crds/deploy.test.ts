/** The kustomize base, on a real API server: it applies, and the operator may do what it must and nothing more. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GROUP, KINDS, PLURALS } from "../../src/api/names.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { startApiServer, type Running } from "./start.ts";

const base = join(import.meta.dirname, "../../deploy/kustomize/base");
const OWN = "twilio-emergency-operator";

interface Access {
  readonly verb: string;
  readonly group?: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Of its own: the policies of the base would judge everybody else's deletions. */
let plane: ControlPlane;
let running: Running;
let applied: string;

beforeAll(async () => {
  plane = await startControlPlane();
  running = await startApiServer("deploy", plane);
  applied = await running.kubectl("apply", "--server-side", "--force-conflicts", "-k", base);
});

afterAll(async () => {
  await running?.close();
  await plane?.stop();
});

/** The API server's own judgement about the operator's ServiceAccount. */
async function isAllowed(access: Access): Promise<boolean> {
  const { body } = await running.api.send("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: {
      user: `system:serviceaccount:${OWN}:${OWN}`,
      groups: ["system:authenticated"],
      resourceAttributes: access,
    },
  });
  return body.status?.["allowed"] === true;
}

const objects = KINDS.map((kind) => ({ group: GROUP, resource: PLURALS[kind], namespace: "anywhere" }));

/** Accounts have no finalizer. */
const ACCOUNTS = PLURALS.TwilioAccount;
const CREDENTIALS = { resource: "secrets", namespace: "anywhere", name: "twilio-credentials" };

const NEEDED: readonly Access[] = [
  ...objects.flatMap((object) => ["get", "list", "watch"].map((verb) => ({ ...object, verb }))),
  ...objects.filter(({ resource }) => resource !== ACCOUNTS).map((object) => ({ ...object, verb: "patch" })),
  ...objects.map((object) => ({ ...object, verb: "patch", subresource: "status" })),
  ...["list", "watch"].map((verb) => ({ ...CREDENTIALS, verb })),
  ...["create", "patch"].map((verb) => ({
    verb,
    group: "events.k8s.io",
    resource: "events",
    namespace: "anywhere",
  })),
  ...["get", "create", "patch"].map((verb) => ({
    verb,
    group: "coordination.k8s.io",
    resource: "leases",
    namespace: OWN,
  })),
  { verb: "get", resource: "namespaces", name: "kube-system" },
];

const FORBIDDEN: readonly Access[] = [
  ...objects.flatMap((object) =>
    ["create", "update", "delete", "deletecollection"].map((verb) => ({ ...object, verb })),
  ),
  { verb: "patch", group: GROUP, resource: ACCOUNTS, namespace: "anywhere" },
  ...objects.map((object) => ({ ...object, verb: "update", subresource: "status" })),
  ...["get", "create", "update", "patch", "delete"].map((verb) => ({ ...CREDENTIALS, verb })),
  ...["get", "list", "watch"].map((verb) => ({ verb, resource: "secrets", namespace: "anywhere" })),
  { verb: "get", group: "coordination.k8s.io", resource: "leases", namespace: "anywhere" },
  { verb: "get", resource: "namespaces", name: "default" },
  { verb: "list", resource: "namespaces" },
  { verb: "get", resource: "configmaps", namespace: OWN },
  { verb: "get", resource: "pods", namespace: "anywhere" },
  { verb: "patch", group: "apiextensions.k8s.io", resource: "customresourcedefinitions" },
];

const sentence = ({ verb, resource, subresource, namespace, name }: Access): string =>
  [
    verb,
    subresource === undefined ? resource : `${resource}/${subresource}`,
    name,
    namespace && `in ${namespace}`,
  ]
    .filter(Boolean)
    .join(" ");

describe("kubectl apply -k", () => {
  test("takes everything: the CRDs, the namespace, the rights and the Deployment", () => {
    for (const kind of KINDS) expect(applied).toContain(`${PLURALS[kind]}.${GROUP} serverside-applied`);
    expect(applied).toContain(`namespace/${OWN} serverside-applied`);
    expect(applied).toContain(`deployment.apps/${OWN} serverside-applied`);
  });

  test("gives a pod that the strictest pod security standard lets run", async () => {
    const deployment = JSON.parse(
      await running.kubectl("get", "deployment", OWN, "-n", OWN, "-o", "json"),
    ) as {
      spec: { template: { metadata: object; spec: object } };
    };
    const { template } = deployment.spec;
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      ...template,
      metadata: { ...template.metadata, name: "try" },
    };
    const reply = await running.api.send("POST", `/api/v1/namespaces/${OWN}/pods?dryRun=All`, pod);

    expect(reply.status, reply.body.message).toBe(201);
  });
});

describe("the operator's ServiceAccount", () => {
  test.each(NEEDED.map((access) => [sentence(access), access] as const))("may %s", async (_, access) => {
    expect(await isAllowed(access)).toBe(true);
  });

  test.each(FORBIDDEN.map((access) => [sentence(access), access] as const))(
    "may not %s",
    async (_, access) => {
      expect(await isAllowed(access)).toBe(false);
    },
  );
});
