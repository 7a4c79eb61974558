/** Does somebody lead, and is that process alive? */
import { GROUP } from "../../api/names.ts";
import type { Config } from "../../config.ts";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
import { LeaseClient } from "../../kube/lease.ts";
import type { KubeObject } from "../../kube/types.ts";
import type { Clock } from "../../lib/clock.ts";
import type { StoredLease } from "../../lib/lease.ts";
import { checkClock } from "./clock.ts";
import { ok, warning, type Finding } from "./finding.ts";

export interface LeaseCheck {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly leaseNamespace: string;
}

const LEASE = {
  ...{ group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease" },
  namespaced: true,
};

interface RenewedLease extends KubeObject {
  readonly spec?: { readonly renewTime?: string | null };
}

/** The leader renews every 2 s. */
const RENEWAL_MS = 5_000;

export async function checkLeases(config: Config, check: LeaseCheck): Promise<readonly Finding[]> {
  const { client, clock, leaseNamespace: namespace } = check;
  const leases = new LeaseClient({ client, clock, namespace, groupLabel: `${GROUP}/replica` });
  try {
    if (config.sharding !== "none") return await checkReplicas(config, check, leases);
    return config.leaderElect ? await checkLeader(config, check, leases) : [];
  } catch (error) {
    // What cannot be read says nothing about who leads.
    if (!(error instanceof KubeError)) throw error;
    const cure = `kubectl auth can-i list leases.coordination.k8s.io -n ${namespace}; name their namespace with --lease-namespace`;
    return [warning(`the leases in namespace ${namespace} cannot be read: ${error.message}`, cure)];
  }
}

function cureIn(namespace: string): string {
  return `see whether the operator runs: kubectl -n ${namespace} get pods; name its namespace with --lease-namespace`;
}

async function checkLeader(
  config: Config,
  { client, clock, leaseNamespace: namespace }: LeaseCheck,
  leases: LeaseClient,
): Promise<readonly Finding[]> {
  const place = `lease ${config.leaseName} in namespace ${namespace}`;
  const cure = cureIn(namespace);
  const first = await leases.get(config.leaseName);
  if (first === undefined) return [warning(`there is no ${place}`, cure)];
  if (first.holder === "") return [warning(`nobody holds the ${place}`, cure)];
  // Clocks differ: a holder that lives renews within this time, whatever its clock says.
  await clock.sleep(RENEWAL_MS);
  const second = await leases.get(config.leaseName);
  if (second === undefined || second.version === first.version)
    return [warning(`${first.holder} holds the ${place} and does not renew it`, cure)];
  const lease = await client.get<RenewedLease>(LEASE, { namespace, name: config.leaseName });
  const leads = ok(`${second.holder} leads and renews its lease`);
  return [leads, ...checkClock(lease?.spec?.renewTime, clock.now())];
}

/** With sharding each replica has a lease of its own, and the accounts of one that does not renew it go to the others. */
async function checkReplicas(
  { leaseName }: Config,
  { clock, leaseNamespace: namespace }: LeaseCheck,
  leases: LeaseClient,
): Promise<readonly Finding[]> {
  const cure = cureIn(namespace);
  const list = (): Promise<readonly StoredLease[]> => leases.list(leaseName);
  const first = await list();
  if (first.length === 0) return [warning(`no replica has a lease in namespace ${namespace}`, cure)];
  await clock.sleep(RENEWAL_MS);
  const second = new Map((await list()).map((lease) => [lease.name, lease.version]));
  const dead = first.filter(({ name, version }) => second.get(name) === version);
  const findings = dead.map(({ name, holder }) =>
    warning(`replica ${holder} does not renew its lease ${name} in namespace ${namespace}`, cure),
  );
  const alive = first.length - dead.length;
  return alive === 0
    ? findings
    : [ok(`${alive} of ${first.length} replicas renew their leases and share the accounts`), ...findings];
}
