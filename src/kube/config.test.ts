import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ClusterConfigError, loadCluster } from "./config.ts";

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kube-config-"));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true, force: true });
});

function file(content: unknown, name = "kubeconfig"): string {
  const path = join(dir, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function kubeconfig(changes: object = {}) {
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: "one", cluster: { server: "https://one.example.com:6443/" } },
      {
        name: "two",
        cluster: { server: "https://two.example.com/k8s/c-1", "proxy-url": "http://proxy:3128" },
      },
      { name: "odd", cluster: { server: "nonsense" } },
    ],
    users: [{ name: "me", user: { token: "secret" } }],
    contexts: [
      { name: "first", context: { cluster: "one", user: "me", namespace: "team" } },
      { name: "second", context: { cluster: "two", user: "me" } },
      { name: "odd", context: { cluster: "odd", user: "me" } },
      { name: "broken", context: { cluster: "none", user: "me" } },
    ],
    "current-context": "first",
    ...changes,
  };
}

/** The message of the error, which must be one line. */
function refusal(options: { kubeconfig?: string; context?: string }): string {
  try {
    loadCluster(options);
  } catch (error) {
    expect(error).toBeInstanceOf(ClusterConfigError);
    const { message } = error as Error;
    expect(message).not.toContain("\n");
    return message.replaceAll(dir, "DIR");
  }
  throw new Error("it was accepted");
}

test("the current context is used unless another one is named", () => {
  const path = file(kubeconfig());
  expect(loadCluster({ kubeconfig: path })).toMatchObject({
    server: "https://one.example.com:6443",
    context: "first",
    namespace: "team",
    proxyUrl: undefined,
  });
  expect(loadCluster({ kubeconfig: path, context: "second" })).toMatchObject({
    server: "https://two.example.com/k8s/c-1",
    namespace: undefined,
    proxyUrl: "http://proxy:3128",
  });
});

test("what is wrong with a kubeconfig is said in one line that names it and the cure", () => {
  const path = file(kubeconfig());
  expect(refusal({ kubeconfig: join(dir, "none") })).toBe(
    "kubeconfig DIR/none does not exist: check --kubeconfig",
  );
  expect(refusal({ kubeconfig: dir })).toBe("kubeconfig DIR cannot be read (EISDIR): check --kubeconfig");
  expect(refusal({ kubeconfig: file("{", "bad") })).toMatch(/^kubeconfig DIR\/bad cannot be used: /);
  expect(refusal({ kubeconfig: file("just text", "text") })).toBe(
    "DIR/text has no contexts: is it a kubeconfig?",
  );
  expect(refusal({ kubeconfig: path, context: "third" })).toBe(
    'context "third" is not in the kubeconfig: it has "first", "second", "odd", "broken"',
  );
  expect(refusal({ kubeconfig: path, context: "broken" })).toBe(
    'context "broken" names the cluster "none", which is not in the kubeconfig',
  );
  expect(refusal({ kubeconfig: path, context: "odd" })).toBe(
    'context "odd" has no usable server address "nonsense"',
  );
  expect(refusal({ kubeconfig: file(kubeconfig({ "current-context": "" }), "noctx") })).toContain(
    'no current context: name one of "first"',
  );
});

test("without a path the environment's is used, and where there is nothing at all that is said", () => {
  vi.stubEnv("KUBECONFIG", file(kubeconfig()));
  expect(loadCluster({}).context).toBe("first");
  vi.stubEnv("KUBECONFIG", join(dir, "none"));
  expect(refusal({})).toMatch(/^the default kubeconfig cannot be used: ENOENT/);
  vi.stubEnv("KUBECONFIG", "");
  vi.stubEnv("HOME", dir);
  expect(refusal({})).toMatch(/^no cluster found: give --kubeconfig/);
});

test("the credentials are the user's, and TLS settings the cluster's", async () => {
  const clusters = [
    {
      name: "one",
      cluster: { server: "https://one", "insecure-skip-tls-verify": true, "tls-server-name": "api" },
    },
  ];
  const { credentials } = loadCluster({ kubeconfig: file(kubeconfig({ clusters })) });
  const credential = await credentials.get(0);
  expect(credential.headers).toEqual({ authorization: "Bearer secret" });
  expect(credential.tls).toEqual({ rejectUnauthorized: false, servername: "api" });
});

test("certificates named by relative paths are found beside the kubeconfig, and a new one changes the TLS key", async () => {
  file("CERT-1", "cert.pem");
  file("KEY", "key.pem");
  const users = [{ name: "me", user: { "client-certificate": "cert.pem", "client-key": "key.pem" } }];
  const { credentials } = loadCluster({ kubeconfig: file(kubeconfig({ users })) });
  const first = await credentials.get(0);
  expect(String(first.tls.cert)).toBe("CERT-1");
  file("CERT-2", "cert.pem");
  expect(await credentials.get(9_999)).toBe(first);
  const second = await credentials.get(10_000);
  expect(String(second.tls.cert)).toBe("CERT-2");
  expect(second.tlsKey).not.toBe(first.tlsKey);
});
