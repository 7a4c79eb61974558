/** What a team sees that keeps its emergency addresses in git: the real Argo CD, the real API server, the operator. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { gaps, mostAtOnce } from "../../demo/view.ts";
import { ROOT } from "../deploy/tools.ts";
import { fault } from "../stories/faults.ts";
import { type SiteOptions, condition, eventually } from "../stories/site.ts";
import { Stage } from "../stories/stage.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { type ControllerManager, startControllerManager } from "../support/controller-manager.ts";
import { type ArgoCD, startArgoCD } from "./argo-cd.ts";
import { GitSite, PREFIX } from "./git-site.ts";

const NAMESPACE = "sites";

/** Argo CD looks at the cluster, at git, and takes its time over a retry. */
const PRUNE_MS = 60_000;

let plane: ControlPlane;
let manager: ControllerManager;
let stage: Stage;
let argo: ArgoCD;
let count = 0;

beforeAll(async () => {
  plane = await startControlPlane();
  // Argo CD prunes in the foreground: an object goes when the garbage collector has looked for what it owned.
  manager = await startControllerManager(plane);
  stage = await new Stage(NAMESPACE, { plane }).open();
  const policies = await plane.kubectl(["apply", "-k", `${ROOT}/deploy/policies`]);
  if (policies.code !== 0) throw new Error(policies.stderr);
  argo = await startArgoCD(plane);
});
afterAll(async () => {
  await argo?.stop();
  await stage?.close();
  await manager?.stop();
  await plane?.stop();
});

async function site(options: SiteOptions = {}): Promise<GitSite> {
  count += 1;
  const made = new GitSite(stage, count, { argo, plane, options });
  await made.open();
  return made;
}

const confirmed = (name: string): Record<string, string> => ({ [`${PREFIX}confirm-delete`]: name });

describe.concurrent("from nothing", () => {
  it("waves wait for each other, a hook for all of them, and no status is a difference", async () => {
    const one = await site({ domains: 1 });
    const { app } = one;
    const hook = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: `${one.id}-tell`, annotations: { "argocd.argoproj.io/hook": "PostSync" } },
      spec: { template: { spec: { restartPolicy: "Never", containers: [{ name: "tell", image: "tell" }] } } },
    };
    await stage.control.addFault({
      name: `${one.id}-slow`,
      match: { method: "POST", path: one.numberSid(), accountSid: one.sid },
      times: 2,
      action: { type: "answer", status: 503 },
    });
    const caller = { emergencyCallerRef: { name: one.named("binding", "desk") } };
    await app.commit({
      ...one.account(),
      ...one.hq(),
      ...one.desk(),
      "sip.yaml": one.manifest({ kind: "domain", name: "sip", spec: caller }),
      "tell.yaml": stringify(hook),
    });
    await app.open();
    const watch = app.watch();
    await one.until("binding", "desk", "made", () => true, 60_000);
    expect(condition(await one.get("address", "hq"))?.reason).toBe("Validated");
    const path = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs/${one.id}-tell`;
    const told = await eventually(async () => {
      const job = await plane.send("GET", path);
      return job.status === 200 ? (await one.slot()).split(" ")[1] : undefined;
    }, 60_000);
    expect(told).toBe("registered");
    expect(condition(await one.get("domain", "sip"))?.reason).toBe("Configured");
    // No kubelet runs here.
    const now = new Date().toISOString();
    const complete = ["SuccessCriteriaMet", "Complete"].map((type) => ({
      type,
      status: "True",
      lastTransitionTime: now,
    }));
    const status = { startTime: now, completionTime: now, succeeded: 1, conditions: complete };
    const patched = await plane.send("PATCH", `${path}/status`, { status });
    expect(patched.status, patched.body).toBe(200);
    await app.healthy();
    await one.quiet();
    await app.refresh();
    await one.quiet();
    await watch.stop();
    const ended = [...watch.said].filter((said) => said.endsWith("/Succeeded"));
    expect(ended).toEqual(["Synced/Healthy/Succeeded"]);
    expect([...watch.said].filter((said) => /Failed|Error|Degraded/.test(said))).toEqual([]);
    await one.check();
  });

  it("a transient fault at Twilio never fails the sync", async () => {
    const one = await site();
    await fault(one, {
      match: { method: "POST", path: "/Addresses.json" },
      action: { type: "answer", status: 503 },
    });
    await one.app.commit({ ...one.account(), ...one.hq(), ...one.desk() });
    await one.app.open();
    const watch = one.app.watch();
    await one.untilWrites(["create", "create"]);
    expect((await one.app.get()).status?.operationState?.phase).toBe("Running");
    expect(await one.find("binding", "desk")).toBeUndefined();
    await stage.control.removeFaults(one.id);
    await one.app.healthy();
    await watch.stop();
    expect([...watch.said].filter((said) => /Failed|Error|Degraded/.test(said))).toEqual([]);
    await one.check();
  });

  it("a refused address fails the sync, says why, and the next commit heals it", async () => {
    const one = await site();
    const typed = { street: "645 Harrison Streat", city: "San Francisco", postalCode: "94107", region: "CA" };
    await one.app.commit({ ...one.account(), ...one.hq(typed), ...one.desk() });
    await one.app.open();
    const failed = await one.app.phase("Failed");
    expect(failed.status?.health?.status).toBe("Degraded");
    const hq = failed.status?.resources?.find(({ kind }) => kind === "EmergencyAddress");
    expect(hq?.health?.message).toContain("645 HARRISON ST");
    expect(await one.find("binding", "desk")).toBeUndefined();
    await one.app.commit(one.hq({ ...typed, street: "645 Harrison St" }));
    await one.app.healthy();
    await one.check();
  });
});

describe.concurrent("a site that stands", () => {
  it("gets back what git says when somebody edits it by hand", async () => {
    const one = await site();
    await one.rolledOut();
    await one.patch("binding", "desk", {
      spec: { changePolicy: "Manual", addressRef: { name: "elsewhere" } },
    });
    await one.until(
      "binding",
      "desk",
      "healed",
      ({ spec }) => (spec["addressRef"] as { name: string }).name === one.named("address", "hq"),
      60_000,
    );
    await one.app.healthy();
    expect(await one.writes()).toEqual([]);
    await one.check();
  });

  it("moves number by number when a commit changes the address", async () => {
    const one = await site({ numbers: 3 });
    await one.rolledOut(3);
    const since = Date.now();
    await one.app.commit(one.hq({ street: "2 Side St" }));
    await one.app.until("moving", ({ status }) => status?.health?.status === "Progressing");
    await one.app.healthy();
    await one.until("address", "hq", "tidy", ({ status }) => status["retiringSids"] === undefined);
    const { timeline } = await stage.control.timeline();
    const sids = [0, 1, 2].map((index) => one.numberSid(index));
    const found = gaps(
      timeline.filter(({ numberSid }) => sids.includes(numberSid)),
      since,
    );
    expect(found).toHaveLength(3);
    expect(mostAtOnce(found)).toBe(1);
    expect((await one.twilio()).addresses.map((address) => address["street"])).toEqual(["2 Side St"]);
    await one.check();
  });

  it("is Degraded where waiting does not help, and recovers without a commit", async () => {
    const one = await site();
    await one.rolledOut();
    await one.editNumber({ emergency_address_status: "unregistration-failure" });
    await one.app.until("Degraded", ({ status }) => status?.health?.status === "Degraded");
    await one.editNumber({ emergency_address_status: "registered" });
    await one.app.healthy();
    expect(await one.writes()).toEqual([]);
    await one.check();
  });
});

describe.concurrent("what a commit takes out of git", () => {
  it("leaves Twilio as it is with deletionPolicy Retain", async () => {
    const one = await site();
    await one.rolledOut();
    await one.app.commit({ "desk.yaml": undefined, "hq.yaml": undefined });
    await one.gone("binding", "desk", PRUNE_MS);
    await one.gone("address", "hq", PRUNE_MS);
    await one.app.healthy();
    expect(await one.slot()).toMatch(/^AD\w+ registered$/);
    expect(await one.writes()).toEqual([]);
  });

  it("is undone at Twilio with Unregister and Delete, once that is confirmed in git", async () => {
    const one = await site();
    await one.rolledOut();
    const hq = one.hq({ deletionPolicy: "Delete" }, confirmed(one.named("address", "hq")));
    const desk = one.desk(0, { deletionPolicy: "Unregister" }, confirmed(one.named("binding", "desk")));
    await one.app.commit({ ...hq, ...desk });
    await one.app.healthy();
    await one.app.commit({ "desk.yaml": undefined, "hq.yaml": undefined });
    await one.gone("binding", "desk", PRUNE_MS);
    await one.gone("address", "hq", PRUNE_MS);
    await one.app.healthy();
    expect(await one.writes()).toEqual(["disassociate 0", "delete"]);
    expect(await one.slot()).toBe("unregistered");
  });

  it("is refused readably where nobody has confirmed it, and goes through afterwards", async () => {
    const one = await site();
    await one.rolledOut();
    await one.app.commit(one.desk(0, { deletionPolicy: "Unregister" }));
    await one.app.healthy();
    await one.app.commit({ "desk.yaml": undefined });
    const failed = await one.app.phase("Failed");
    expect(JSON.stringify(failed.status?.operationState)).toContain(
      "nobody has confirmed that. To confirm: kubectl",
    );
    expect((await one.get("binding", "desk")).metadata.deletionTimestamp).toBeUndefined();
    expect(await one.slot()).toMatch(/registered$/);
    expect(await one.writes()).toEqual([]);
    await one.app.commit(one.desk(0, { deletionPolicy: "Retain" }));
    await one.app.healthy();
    await one.app.commit({ "desk.yaml": undefined });
    await one.gone("binding", "desk", PRUNE_MS);
    await one.app.healthy();
  });

  it("waits for a person's word in Argo CD where it carries Prune=confirm", async () => {
    const one = await site();
    await one.rolledOut();
    await one.app.commit(one.desk(0, {}, { "argocd.argoproj.io/sync-options": "Prune=confirm" }));
    await one.app.healthy();
    await one.app.commit({ "desk.yaml": undefined });
    await one.app.until(
      "waiting for a confirmation",
      ({ status }) => status?.operationState?.message?.includes("pruning confirmation") === true,
    );
    expect(await one.find("binding", "desk")).toBeDefined();
    await one.app.annotate({ "argocd.argoproj.io/deletion-approved": new Date().toISOString() });
    await one.gone("binding", "desk", PRUNE_MS);
    await one.app.healthy();
  });
});
