import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isScalar, parseAllDocuments, stringify, visit } from "yaml";
import { readPage } from "../docs/page.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { type Manifest, NAME, ROOT, helm, idOf, manifests, render } from "./tools.ts";

/** What users set, by the name of the golden file. */
const VALUE_SETS: Readonly<Record<string, readonly string[]>> = {
  default: [],
  namespaced: ["--set", "watchNamespaces={emergency,sites}"],
  "namespaced-with-owner-id": [
    ...["--set", "watchNamespaces={emergency}", "--set", "ownerId=berlin"],
    ...["--set", "deletionProtection.enabled=false"],
  ],
  "single-replica": ["--set", "replicaCount=1", "--set", "leaderElection=false"],
  "all-secrets": ["--set", "credentials.allSecrets=true"],
  "every-value": ["--values", "test/deploy/every-value.yaml"],
};

const MONITORING = [
  ...["--set", "metrics.serviceMonitor.enabled=true"],
  ...["--set", "metrics.prometheusRule.enabled=true"],
];

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  for (const name of [NAME, "emergency", "sites", "restricted"])
    await plane.send("POST", "/api/v1/namespaces", { metadata: { name } });
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await plane.send("PATCH", "/api/v1/namespaces/restricted", { metadata: { labels } });
  const monitoring = await plane.kubectl(["apply", "-f", join(ROOT, "test/deploy/monitoring-crds")]);
  if (monitoring.code !== 0) throw new Error(monitoring.stderr);
});
afterAll(() => plane.stop());

function withoutCrds(text: string): string {
  const kept = manifests(text).filter(({ kind }) => kind !== "CustomResourceDefinition");
  return kept.map((object) => stringify(object, { lineWidth: 0 })).join("---\n");
}

function theOnly(objects: readonly Manifest[], kind: string): Manifest {
  const found = objects.filter((object) => object.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
  return found[0] as Manifest;
}

describe.each(Object.entries(VALUE_SETS))("the chart with values %s", (name, args) => {
  it("renders what the golden file shows", async () => {
    const text = withoutCrds(await render(args));
    await expect(text).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  it("is taken whole by the API server, every field known to it", async () => {
    const text = await render(args);
    const flags = ["apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-"];
    const done = await plane.kubectl(flags, text);
    expect(done.stderr).toBe("");
    expect(done.stdout.trim().split("\n")).toHaveLength(manifests(text).length);
  });

  it("runs pods that the restricted pod security standard lets in", async () => {
    const { template } = theOnly(manifests(await render(args)), "Deployment")["spec"];
    const pod = { apiVersion: "v1", kind: "Pod", ...template };
    const metadata = { name: "probe", namespace: "restricted" };
    const done = await plane.kubectl(
      ["create", "--dry-run=server", "-f", "-"],
      JSON.stringify({ ...pod, metadata }),
    );
    expect(done.stderr).toBe("");
  });
});

it("a pod that may run as root is not let in: the standard is enforced here", async () => {
  const container = { name: "any", image: "any" };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "root", namespace: "restricted" } };
  const text = JSON.stringify({ ...pod, spec: { containers: [container] } });
  const done = await plane.kubectl(["create", "--dry-run=server", "-f", "-"], text);
  expect(done.stderr).toContain('violates PodSecurity "restricted');
});

it("keeps the CRDs when the release goes, or its Application, unless told otherwise", async () => {
  const marks = async (...args: readonly string[]) =>
    manifests(await render(args))
      .filter(({ kind }) => kind === "CustomResourceDefinition")
      .map(({ metadata }) => metadata.annotations);
  const kept = {
    "helm.sh/resource-policy": "keep",
    "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
  };
  expect(await marks()).toEqual([kept, kept, kept, kept]);
  expect(await marks("--set", "crds.keep=false")).toEqual(Array.from({ length: 4 }));
});

it("hands on every text as it is, whatever YAML makes of such texts", async () => {
  const texts = [
    ...[
      "--set-string",
      "ownerId=prod #1: 'a' \"b\"",
      "--set-string",
      "twilioBaseUrl=https://a.example.org/ #b",
    ],
    ...["--set-string", "watchNamespaces={2025}", "--set-string", "priorityClassName=on"],
  ];
  const { template } = theOnly(manifests(await render(texts)), "Deployment")["spec"];
  expect(template.spec.containers[0].args).toEqual(
    expect.arrayContaining([
      "--namespace=2025",
      "--owner-id=prod #1: 'a' \"b\"",
      "--twilio-base-url=https://a.example.org/ #b",
    ]),
  );
  expect(template.spec.priorityClassName).toBe("on");
});

const NAMES = /^(name|namespace|serviceAccountName|app\.kubernetes\.io\/(name|instance))$/;

/** All that is the name of something, as readers of YAML 1.1 have it, such as Helm. */
function namesIn(text: string): readonly unknown[] {
  const found: unknown[] = [];
  for (const document of parseAllDocuments(text, { version: "1.1" }))
    visit(document, {
      Pair: (_, { key, value }) => {
        if (isScalar(key) && isScalar(value) && NAMES.test(String(key.value))) found.push(value.value);
      },
    });
  return found;
}

it.each([
  ["2024", "2025", ["--set-string", "watchNamespaces={2026,on}"]],
  ["on", "no", ["--set-string", "serviceAccount.name=off"]],
  ["1e3", "2025", ["--set-string", "nameOverride=7,serviceAccount.name=8"]],
  ["2024", "2025", ["--set-string", "fullnameOverride=2025"]],
])("of a release %s in the namespace %s with %j all names are texts", async (name, namespace, args) => {
  const flags = ["--set", "crds.install=false", ...MONITORING, ...args];
  const done = await helm(["template", name, "deploy/chart", "--namespace", namespace, ...flags]);
  expect(done.code, done.stderr).toBe(0);
  const names = namesIn(done.stdout);
  expect(names.filter((each) => typeof each !== "string")).toEqual([]);
  expect(names).toEqual(expect.arrayContaining([name, namespace]));
});

describe("bad values", () => {
  it.each([
    ["replicaCount=two", "at '/replicaCount': got string, want integer"],
    ["imge.tag=1", "additional properties 'imge' not allowed"],
    ["sweepInterval=10min", "at '/sweepInterval': '10min' does not match pattern"],
    ["log.level=loud", "at '/log/level': value must be one of 'debug', 'info', 'warn', 'error'"],
    ["credentials.secretNames=twilio", "at '/credentials/secretNames': got string, want array"],
    ["watchNamespaces={Sites}", "at '/watchNamespaces/0': 'Sites' does not match pattern"],
    ["networkPolicy.apiServerPorts={0}", "at '/networkPolicy/apiServerPorts/0'"],
    ["twilioBaseUrl=example.org", "at '/twilioBaseUrl'"],
    ["extraArgs={dry-run}", "at '/extraArgs/0'"],
    ["leaderElection=false", "leaderElection: false needs replicaCount: 1"],
    ["serviceAccount.create=false", "serviceAccount.name is needed"],
  ])("%s is refused, saying why", async (value, why) => {
    const args = ["install", NAME, "deploy/chart", "--namespace", NAME, "--set", value];
    const done = await helm([...args, "--dry-run=client"], plane.kubeconfigPath);
    expect(done.code).not.toBe(0);
    expect(done.stderr).toContain(why);
  });
});

describe("a release", () => {
  const releaseIn = (namespace: string, ...args: readonly string[]) =>
    helm([...args, "--namespace", namespace], plane.kubeconfigPath);
  const release = (...args: readonly string[]) => releaseIn(NAME, ...args);

  it("is installed, upgraded and uninstalled, and leaves CRDs and objects", async () => {
    const installed = await release("install", NAME, "deploy/chart", "--timeout", "30s");
    expect(installed.code, installed.stderr).toBe(0);
    expect(installed.stdout).toContain("kubectl get emergency");

    await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
    const account = `${ROOT}/examples/company/10-account.yaml`;
    const applied = await plane.kubectl(["apply", "-n", "sites", "-f", account]);
    expect(applied.stderr).toBe("");

    const upgraded = await release("upgrade", NAME, "deploy/chart", "--set", "workers=4");
    expect(upgraded.code, upgraded.stderr).toBe(0);
    const deployment = await plane.kubectl(["get", "deploy", "-n", NAME, NAME, "-o", "yaml"]);
    expect(deployment.stdout).toContain("--workers=4");

    const gone = await release("uninstall", NAME);
    expect(gone.code, gone.stderr).toBe(0);
    const left = await plane.kubectl([
      "get",
      "crd,twilioaccounts.emergency.twilio-operator.io",
      "-A",
      "-o",
      "name",
    ]);
    expect(left.stdout).toContain("phonenumberbindings.emergency.twilio-operator.io");
    expect(left.stdout).toContain("twilioaccount.emergency.twilio-operator.io/default");
    const objects = await plane.kubectl([
      "get",
      "deploy,clusterrole,validatingadmissionpolicy",
      "-A",
      "-o",
      "name",
    ]);
    expect(objects.stdout).not.toContain(NAME);
  }, 120_000);

  it("keeps what was set and takes the rest from the other chart, by the commands of docs/guide/upgrade.md", async () => {
    const folder = mkdtempSync(join(tmpdir(), "chart-"));
    const commands = readPage("docs/guide/upgrade.md").text.match(/helm upgrade [^`\n]+/g) ?? [];
    try {
      const chart = join(folder, "chart");
      cpSync(join(ROOT, "deploy/chart"), chart, { recursive: true });
      const installed = await release("install", NAME, "deploy/chart", "--set", "image.repository=ours");
      expect(installed.code, installed.stderr).toBe(0);
      expect(commands).toHaveLength(2);
      for (const [index, command] of commands.entries()) {
        const digest = `sha256:${String(index).repeat(64)}`;
        const values = readFileSync(join(ROOT, "deploy/chart/values.yaml"), "utf8");
        writeFileSync(join(chart, "values.yaml"), values.replace('digest: ""', `digest: ${digest}`));
        const [, , name = "", , ...flags] = command.split(" ");
        const done = await helm(["upgrade", name, chart, ...flags], plane.kubeconfigPath);
        expect(done.code, done.stderr).toBe(0);
        const deployment = await plane.kubectl(["get", "deploy", "-n", NAME, NAME, "-o", "yaml"]);
        expect(deployment.stdout).toContain(`image: ours@${digest}`);
      }
      const crds = await plane.kubectl(["get", "crd", "-o", "name"]);
      expect(crds.stdout).toContain("phonenumberbindings.emergency.twilio-operator.io");
    } finally {
      await release("uninstall", NAME);
      rmSync(folder, { recursive: true });
    }
  }, 120_000);

  it("has another one beside it, for other namespaces and without the CRDs", async () => {
    const chart = ["deploy/chart", "--set", "ownerId=sites", "--set", "watchNamespaces={sites}"];
    try {
      const first = await release("install", NAME, "deploy/chart", "--set", "watchNamespaces={emergency}");
      expect(first.code, first.stderr).toBe(0);
      const refused = await releaseIn("sites", "install", NAME, ...chart);
      expect(refused.stderr).toContain("invalid ownership metadata");
      const second = await releaseIn("sites", "install", NAME, ...chart, "--set", "crds.install=false");
      expect(second.code, second.stderr).toBe(0);
    } finally {
      for (const namespace of [NAME, "sites"]) await releaseIn(namespace, "uninstall", NAME);
    }
  }, 120_000);

  it("is packed as an archive that a registry can hold, and installs from it", async () => {
    const folder = mkdtempSync(join(tmpdir(), "chart-"));
    try {
      const packed = await helm(["package", "deploy/chart", "--destination", folder]);
      expect(packed.code, packed.stderr).toBe(0);
      const archive = join(folder, `${NAME}-0.1.0.tgz`);
      const rendered = await helm(["template", NAME, archive, "--namespace", NAME]);
      expect(manifests(rendered.stdout).map(idOf)).toEqual(manifests(await render()).map(idOf));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
