/**
 * A new user with a cluster and Argo CD goes from nothing to registered numbers by the page about Argo CD, command by
 * command. Only the two addresses that are examples are replaced: of the git repository and of the registry.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { Newcomer } from "../deploy/newcomer.ts";
import { ROOT } from "../deploy/tools.ts";
import { carryOut } from "../docs/carry-out.ts";
import { readPage } from "../docs/page.ts";
import { eventually } from "../stories/eventually.ts";
import { type ArgoCD, startArgoCD } from "./argo-cd.ts";

let newcomer: Newcomer;
let argo: ArgoCD;
beforeAll(async () => {
  newcomer = await Newcomer.arrive();
  argo = await startArgoCD(newcomer.plane, { customized: false });
});
afterAll(async () => {
  await argo?.stop();
  await newcomer?.leave();
});

const EXAMPLE = join(ROOT, "deploy/argocd/example");

/** A bare repository that can be pushed to, cloned to `emergency/`. */
function cloneInto(folder: string, name: string): string {
  const bare = join(folder, "..", `${name}.git`);
  execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch", "main", bare]);
  execFileSync("git", ["clone", "--quiet", bare, join(folder, name)], { stdio: "pipe" });
  return `file://${bare}`;
}

/** As somebody would who puts their own addresses in: into a copy of deploy/, where the page takes the example from. */
function withOurAddresses(folder: string, sites: string): void {
  const chart = argo.repository("chart");
  chart.add({ from: join(ROOT, "deploy/chart"), to: "chart" });
  cpSync(join(ROOT, "deploy"), join(folder, "deploy"), { recursive: true });
  for (const file of globSync("deploy/argocd/example/apps/*.yaml", { cwd: folder })) {
    const text = readFileSync(join(folder, file), "utf8")
      .replaceAll("https://git.example.com/safety/emergency.git", sites)
      .replace("repoURL: registry.example.com/charts", `repoURL: ${chart.url}`)
      .replace("chart: twilio-emergency-operator", "path: chart")
      .replace("targetRevision: 0.1.0", "targetRevision: main");
    writeFileSync(join(folder, file), text);
  }
}

it("docs/guide/argo-cd.md leads to registered numbers", async () => {
  const { folder } = newcomer;
  const who = { GIT_AUTHOR_NAME: "a", GIT_AUTHOR_EMAIL: "a@example.org", GIT_COMMITTER_NAME: "a" };
  const env = { ...newcomer.env, ...who, GIT_COMMITTER_EMAIL: "a@example.org" };
  withOurAddresses(folder, cloneInto(folder, "emergency"));
  const running = newcomer.runDeployment();
  await carryOut(readPage("docs/guide/argo-cd.md"), {
    folder,
    env,
    timeoutMs: 150_000,
    linked: ["examples", "crds"],
  });
  await running;
  const all = ["+14155550100", "+14155550101", "+14165550110", "+14165550111"];
  const registered = await eventually(async () => {
    const slots = await Promise.all(all.map((number) => newcomer.slot(number)));
    return slots.every((slot) => slot.endsWith(" registered")) ? slots : undefined;
  }, 60_000);
  expect(registered).toHaveLength(4);
  const path = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/emergency-toronto";
  const healthy = await eventually(async () => {
    const { body } = await newcomer.plane.send("GET", path);
    const { status } = JSON.parse(body) as {
      readonly status?: { readonly health?: { readonly status: string } };
    };
    return status?.health?.status === "Healthy" ? true : undefined;
  }, 60_000);
  expect(healthy).toBe(true);
});

describe("every manifest of the example", () => {
  const files = globSync("**/*.yaml", { cwd: EXAMPLE });

  it.each(files)("%s is taken by the API server, every field known to it", async (file) => {
    const { plane } = newcomer;
    const text = readFileSync(join(EXAMPLE, file), "utf8");
    const flags = ["--dry-run=server", "--validate=strict", "-f", join(EXAMPLE, file)];
    const done = await plane.kubectl(["create", ...flags]);
    // What the guide has applied already stands there.
    expect(done.stderr.replaceAll(/^.*\(AlreadyExists\).*\n?/gm, "")).toBe("");
    expect(parseAllDocuments(text).length).toBeGreaterThan(0);
  });
});
