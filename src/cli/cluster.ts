/** The cluster as a command sees it: live reads, no cache. */
import { KINDS, type Kind } from "../api/names.ts";
import type { AnyObject } from "../api/objects.ts";
import type { Config } from "../config.ts";
import { resourceType, type Cached } from "../controllers/cluster-objects.ts";
import { ObjectIndex } from "../controllers/object-index.ts";
import { KubeClient } from "../kube/client.ts";
import { loadCluster, type Cluster } from "../kube/config.ts";
import type { Clock } from "../lib/clock.ts";
import { VERSION } from "../version.ts";

export interface Connected {
  readonly client: KubeClient;
  readonly cluster: Cluster;
}

/** Where a command's own writes (annotations) are seen to come from. */
const FIELD_MANAGER = "twilio-emergency-cli";

/** Throws ClusterConfigError; nothing is sent yet. */
export function connect(config: Config, clock: Clock): Connected {
  const { kubeconfig, context } = config;
  const cluster = loadCluster({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const userAgent = `twilio-emergency/${VERSION}`;
  return { cluster, client: new KubeClient({ cluster, clock, userAgent, fieldManager: FIELD_MANAGER }) };
}

/** The namespace of a command that works on one object: the flag's, the context's, `default`. */
export function namespaceOf(config: Config, cluster: Cluster): string {
  return config.namespaces[0] ?? cluster.namespace ?? "default";
}

/** All objects of a kind in these namespaces; in none means in all. */
export async function listKind(
  client: KubeClient,
  kind: Kind,
  namespaces: readonly string[],
): Promise<readonly AnyObject[]> {
  const places = namespaces.length === 0 ? [{}] : namespaces.map((namespace) => ({ namespace }));
  const lists = await Promise.all(places.map((place) => client.list<Cached>(resourceType(kind), place)));
  return lists.flatMap(({ items }) => items);
}

/** All objects of ours in these namespaces, with the look-ups of the planner. */
export async function readObjects(client: KubeClient, namespaces: readonly string[]): Promise<ObjectIndex> {
  const lists = await Promise.all(KINDS.map((kind) => listKind(client, kind, namespaces)));
  const index = new ObjectIndex();
  for (const object of lists.flat()) index.put(object);
  return index;
}
