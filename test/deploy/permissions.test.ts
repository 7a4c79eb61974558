/**
 * Is every permission of the chart's roles needed, and are they enough? One story that uses all the operator does is told
 * under the roles as they are, and once for each permission with that one taken away.
 */
import { describe, expect, it } from "vitest";
import { KubeClient } from "../../src/kube/client.ts";
import { loadCluster } from "../../src/kube/config.ts";
import { LeaseClient } from "../../src/kube/lease.ts";
import type { LeaseRecord, StoredLease } from "../../src/lib/lease.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { type Site, eventually } from "../stories/site.ts";
import { deleteAll } from "../stories/deletion.ts";
import { Stage } from "../stories/stage.ts";
import { type Grant, accountWith } from "../support/operator-account.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { chartRoles, inWords } from "./roles.ts";
import { NAME, render } from "./tools.ts";

/** The first site of a stage names its Secret so. */
const VALUES = ["--set", "credentials.secretNames={s1}"];
const ROLES = await chartRoles(VALUES);

/** Registers, rotates credentials, changes an address, deletes: every step is seen from outside. */
async function tell(site: Site): Promise<void> {
  await site.settled(1, { deletionPolicy: "Unregister" }, { deletionPolicy: "Delete" });
  await site.domain("sip", { deletionPolicy: "Disable" });
  await site.reason("domain", "sip", "Configured");

  await site.control.setAccount(site.sid, { authToken: "rotated" });
  await site.reason("account", site.id, "CredentialsRejected");
  await site.secret({ authToken: "rotated" });
  await site.reason("account", site.id, "Authenticated");

  await site.address("hq", { street: "2 Side St" });
  await site.until("binding", "desk", "moved", ({ status }) => status["appliedAddressSids"]?.length === 2);
  await site.reason("binding", "desk", "Registered");

  await deleteAll(site);
}

/** The same happens twice, which is one Event with a count. The operator writes counts every half minute. */
async function tellTwice(site: Site): Promise<void> {
  await site.reason("account", site.id, "Authenticated");
  for (const _ of [1, 2]) {
    await site.stage.plane.send("DELETE", `/api/v1/namespaces/${site.namespace}/secrets/${site.id}`);
    await site.reason("account", site.id, "SecretNotFound");
    await site.secret({ authToken: "token" });
    await site.reason("account", site.id, "Authenticated");
  }
  const path = `/apis/events.k8s.io/v1/namespaces/${site.namespace}/events`;
  const counted = await eventually(async () => {
    const { body } = await site.stage.plane.send("GET", path);
    const { items } = JSON.parse(body) as { items: readonly { series?: { count: number } }[] };
    return items.some(({ series }) => series?.count === 2) ? true : undefined;
  }, 45_000);
  if (counted === undefined) throw new Error("no Event with a count");
}

/** Lines of the operator's about requests that the API server has refused it. */
function refusals(stage: Stage): readonly string[] {
  return stage.operator.log.filter((line) => /forbidden/i.test(line));
}

async function refused(stage: Stage, ended: AbortSignal): Promise<never> {
  while (!ended.aborted) {
    const line = refusals(stage)[0];
    if (line !== undefined) throw new Error(line);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return new Promise(() => {});
}

/** Tells the story under these permissions; rejects when it fails, or when the operator is refused anything. */
async function play(
  namespace: string,
  work: readonly Grant[],
  story: (site: Site) => Promise<void> = tell,
): Promise<"told"> {
  const plane = sharedControlPlane();
  const stage = new Stage(namespace, { kubeconfig: await accountWith(plane, namespace, { work }) });
  const ended = new AbortController();
  try {
    await stage.open();
    const site = await stage.site({ domains: 1 });
    await Promise.race([story(site), refused(stage, ended.signal)]);
    const line = refusals(stage)[0];
    if (line !== undefined) throw new Error(line);
    return "told";
  } finally {
    ended.abort();
    await stage.close();
  }
}

const isForCounts = (grant: Grant): boolean => inWords(grant) === "patch events.events.k8s.io";

describe.concurrent("the chart's ClusterRole", () => {
  it("is enough", async () => {
    expect(await play("permissions", ROLES.work)).toBe("told");
  });

  it.each(
    ROLES.work
      .filter((grant) => !isForCounts(grant))
      .map((grant, index) => [inWords(grant), grant, index] as const),
  )("would not be enough without: %s", async (_, grant, index) => {
    const rest = ROLES.work.filter((other) => other !== grant);
    const what = `cannot ${grant.verb} resource \\\\?"${grant.resource}\\\\?"`;
    await expect(play(`permissions-${index}`, rest)).rejects.toThrow(new RegExp(what));
  });

  it("is enough for an Event that is counted", async () => {
    expect(await play("permissions-counts", ROLES.work, tellTwice)).toBe("told");
  });

  it("would not be enough for an Event that is counted without: patch events.events.k8s.io", async () => {
    const rest = ROLES.work.filter((grant) => !isForCounts(grant));
    const what = /cannot patch resource \\?"events\\?"/;
    await expect(play("permissions-counts-not", rest, tellTwice)).rejects.toThrow(what);
  });
});

/** What replicas do with leases, call by call. */
const LEASE_CALLS: Readonly<Record<string, (leases: LeaseClient) => Promise<unknown>>> = {
  get: (leases) => leases.get("known"),
  create: (leases) => leases.write(aLease(`new-${Math.random()}`), { version: undefined, group: "g" }),
  patch: async (leases) => leases.write(aLease("known"), { version: (await leases.get("known"))?.version }),
  list: (leases) => leases.list("g"),
  delete: async (leases) => leases.remove((await leases.get("known")) as StoredLease),
};

function aLease(name: string): LeaseRecord {
  return { name, holder: "me", durationMs: 15_000, transitions: 0, acquiredAt: Date.now(), notes: {} };
}

async function leaseClient(namespace: string, lease: readonly Grant[]): Promise<LeaseClient> {
  const plane = sharedControlPlane();
  const clock = systemClock();
  const of = (kubeconfig: string): LeaseClient => {
    const cluster = loadCluster({ kubeconfig });
    const client = new KubeClient({ cluster, clock, userAgent: "test/1", fieldManager: "test" });
    return new LeaseClient({ client, clock, namespace, groupLabel: "example.com/replica" });
  };
  const kubeconfig = await accountWith(plane, namespace, { work: [], lease });
  await of(plane.kubeconfigPath).write(aLease("known"), { version: undefined, group: "g" });
  return of(kubeconfig);
}

describe("the chart's Role for leases", async () => {
  const sharing = (await chartRoles([...VALUES, "--set", "sharding=accounts"])).lease;

  it.each([
    ["leader election", ROLES.lease, ["get", "create", "patch"]],
    ["sharing", sharing, ["get", "create", "patch", "list", "delete"]],
  ] as const)("has what %s needs and no more", async (_, lease, verbs) => {
    expect(lease.map(({ verb }) => verb)).toEqual(verbs);
    const namespace = `permissions-leases-${verbs.length}`;
    const leases = await leaseClient(namespace, lease);
    for (const verb of verbs) await expect(LEASE_CALLS[verb]?.(leases)).resolves.not.toThrow();
  });

  it.each(sharing.map((grant) => [grant.verb, grant] as const))(
    "would not be enough without: %s",
    async (verb, grant) => {
      const leases = await leaseClient(
        `permissions-no-${verb}`,
        sharing.filter((other) => other !== grant),
      );
      await expect(LEASE_CALLS[verb]?.(leases)).rejects.toThrow("forbidden");
    },
  );
});

describe("the chart's roles", () => {
  const can = async (kubeconfig: string, ...what: readonly string[]): Promise<string> => {
    const done = await sharedControlPlane().kubectl([
      "--kubeconfig",
      kubeconfig,
      "auth",
      "can-i",
      "-n",
      "default",
      ...what,
    ]);
    return done.stdout.trim();
  };

  it.each([
    ["get", "secret/other"],
    ["get", "secret/s1"],
    ["list", "secrets"],
    ["list", "secrets", "--all-namespaces"],
    ["create", "phonenumberbindings.emergency.twilio-operator.io"],
    ["delete", "phonenumberbindings.emergency.twilio-operator.io"],
    ["update", "phonenumberbindings.emergency.twilio-operator.io"],
    ["patch", "twilioaccounts.emergency.twilio-operator.io"],
    ["get", "namespace/default"],
    ["get", "pods"],
    ["create", "leases.coordination.k8s.io"],
    ["delete", "leases.coordination.k8s.io"],
    ["impersonate", "users"],
  ])("do not let the operator %s %s", async (...what) => {
    const kubeconfig = await accountWith(sharedControlPlane(), "permissions-not", ROLES);
    expect(await can(kubeconfig, ...what)).toBe("no");
  });
});

describe("the chart's Roles of the namespaced mode", () => {
  it("are enough for the whole story, and allow nothing in another namespace", async () => {
    const plane = sharedControlPlane();
    const namespace = "permissions-namespaced";
    for (const name of [namespace, NAME])
      await plane.send("POST", "/api/v1/namespaces", { metadata: { name } });
    const values = [`watchNamespaces={${namespace}}`, "credentials.secretNames={s1}"];
    const text = await render([
      ...values.flatMap((value) => ["--set", value]),
      ...["--show-only", "templates/rbac.yaml"],
    ]);
    expect(text).not.toContain("ClusterRole");
    const applied = await plane.kubectl(["apply", "-f", "-"], text);
    expect(applied.stderr).toBe("");
    const kubeconfig = await plane.serviceAccountKubeconfig(NAME, NAME);
    const stage = new Stage(namespace, { kubeconfig });
    try {
      await stage.open();
      await tell(await stage.site({ domains: 1 }));
      expect(refusals(stage)).toEqual([]);
    } finally {
      await stage.close();
    }
    const elsewhere = ["--kubeconfig", kubeconfig, "auth", "can-i", "-n", "default", "list"];
    for (const resource of ["phonenumberbindings.emergency.twilio-operator.io", "secrets"])
      expect((await plane.kubectl([...elsewhere, resource])).stdout.trim()).toBe("no");
  });
});
