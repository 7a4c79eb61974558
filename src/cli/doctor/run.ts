/** Runs the checks, the ones that others need first, and prints what they found. */
import { styleText } from "node:util";
import { GROUP, KINDS, PLURALS } from "../../api/names.ts";
import type { AnyObject } from "../../api/objects.ts";
import type { Config } from "../../config.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { Clock } from "../../lib/clock.ts";
import { accountsIn } from "../standalone/accounts.ts";
import { connect, listKind } from "../cluster.ts";
import type { DoctorOptions } from "../doctor.ts";
import { checkAccounts } from "./accounts.ts";
import { checkCrds } from "./crds.ts";
import { broken, ok, type Finding } from "./finding.ts";
import { checkLeases, type LeaseCheck } from "./leases.ts";
import { checkObjects, checkUninstall } from "./objects.ts";
import { checkPermissions, neededAccess } from "./permissions.ts";

/** Resolves with the exit code. */
export async function examine(config: Config, options: DoctorOptions, clock: Clock): Promise<number> {
  const { client, cluster } = connect(config, clock);
  try {
    const leaseNamespace = config.leaseNamespace ?? cluster.namespace ?? "default";
    const findings = await allFindings(config, options, {
      client,
      clock,
      server: cluster.server,
      leaseNamespace,
    });
    print(findings, options);
    return findings.some(({ level }) => level === "broken") ? 1 : 0;
  } finally {
    await client.close();
  }
}

interface Ward extends LeaseCheck {
  readonly server: string;
}

async function allFindings(config: Config, options: DoctorOptions, ward: Ward): Promise<readonly Finding[]> {
  const { client, clock, server } = ward;
  let version: string;
  try {
    ({ gitVersion: version } = await client.getPath<{ readonly gitVersion: string }>("/version"));
  } catch (error) {
    return [
      broken(
        `the cluster at ${server} is not reached: ${(error as Error).message}`,
        "check --kubeconfig, --context and the network",
      ),
    ];
  }
  const reached = ok(`the cluster at ${server} answers (Kubernetes ${version})`);
  const read = await readAll(config, client);
  if ("findings" in read) return [reached, ...read.findings];
  if (options.preUninstall === true) return [reached, ...checkUninstall(read.objects)];
  const accounts = accountsIn(read.objects);
  const secrets = accounts.map(({ metadata, spec }) => ({
    ...{ namespace: metadata.namespace, name: spec.credentialsSecretRef.name },
  }));
  return [
    reached,
    ...(await checkCrds(client)),
    ...(await checkPermissions(client, neededAccess(config, ward.leaseNamespace, secrets))),
    ...(await checkAccounts(accounts, { client, clock, baseUrl: config.twilioBaseUrl })),
    ...(await checkLeases(config, ward)),
    ...checkObjects(read.objects, clock.now()),
  ];
}

async function readAll(
  config: Config,
  client: KubeClient,
): Promise<{ readonly objects: readonly AnyObject[] } | { readonly findings: readonly Finding[] }> {
  const lists = await Promise.allSettled(KINDS.map((kind) => listKind(client, kind, config.namespaces)));
  const findings = lists.flatMap((list, index) => {
    if (list.status === "fulfilled") return [];
    const kind = KINDS[index] ?? "TwilioAccount";
    const what = `${PLURALS[kind]}.${GROUP} cannot be listed: ${(list.reason as Error).message}`;
    return [
      broken(
        what,
        "install the CRDs (kubectl apply --server-side -f crds/), or ask for permission to list them",
      ),
    ];
  });
  if (findings.length > 0) return { findings };
  return { objects: lists.flatMap((list) => (list.status === "fulfilled" ? list.value : [])) };
}

const MARKS = { ok: "✓", warning: "!", broken: "✗" } as const;
const COLORS = { ok: "green", warning: "yellow", broken: "red" } as const;

function print(findings: readonly Finding[], { output }: DoctorOptions): void {
  if (output === "json") {
    process.stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
    return;
  }
  for (const { level, what, cure } of findings) {
    const line = `${MARKS[level]} ${what}`;
    process.stdout.write(`${styleText(COLORS[level], line, { stream: process.stdout })}\n`);
    if (cure !== undefined) process.stdout.write(`    → ${cure}\n`);
  }
}
