/** A service account that may do what the operator's manifests allow, so that no test runs it as administrator. */
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import type { ControlPlaneAccess } from "./control-plane.ts";

export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** One verb on one resource. */
export interface Grant {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly names?: readonly string[];
}

export interface Grants {
  /** Wherever the operator's objects are. */
  readonly work: readonly Grant[];
  /** In the operator's own namespace. */
  readonly lease?: readonly Grant[];
}

export function grantsOf(role: { readonly rules?: readonly Rule[] }): readonly Grant[] {
  return (role.rules ?? []).flatMap(({ apiGroups, resources, verbs, resourceNames }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.map((verb) => ({
          ...{ group, resource, verb },
          ...(resourceNames === undefined ? {} : { names: resourceNames }),
        })),
      ),
    ),
  );
}

function ruleOf({ group, resource, verb, names }: Grant): Rule {
  return {
    ...{ apiGroups: [group], resources: [resource], verbs: [verb] },
    ...(names === undefined ? {} : { resourceNames: names }),
  };
}

/** A service account with exactly these permissions; returns its kubeconfig. The namespace is made if it is not there. */
export async function accountWith(
  plane: ControlPlaneAccess,
  namespace: string,
  { work, lease = [] }: Grants,
): Promise<string> {
  await plane.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  const name = "operator";
  const rbac = "rbac.authorization.k8s.io";
  const role = (kind: string, grants: readonly Grant[]): readonly object[] => [
    { apiVersion: `${rbac}/v1`, kind, metadata: { name: namespace, namespace }, rules: grants.map(ruleOf) },
    {
      apiVersion: `${rbac}/v1`,
      kind: `${kind}Binding`,
      metadata: { name: namespace, namespace },
      roleRef: { apiGroup: rbac, kind, name: namespace },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
  const items = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    ...role("ClusterRole", work),
    ...role("Role", lease),
  ];
  const list = { apiVersion: "v1", kind: "List", items };
  const applied = await plane.kubectl(["apply", "-f", "-"], JSON.stringify(list));
  if (applied.code !== 0) throw new Error(applied.stderr);
  return plane.serviceAccountKubeconfig(namespace, name);
}

/**
 * The kubeconfig of a service account in this namespace with the permissions that the manifests in deploy/kustomize give,
 * which are those of the chart. Only the names of the Secrets are the test's own: all, where none are named.
 */
export async function operatorAccount(
  plane: ControlPlaneAccess,
  namespace: string,
  { secrets, manifests }: { readonly secrets?: readonly string[]; readonly manifests: string },
): Promise<string> {
  const folder = fileURLToPath(new URL(`../../deploy/kustomize/${manifests}`, import.meta.url));
  const { code, stdout, stderr } = await plane.kubectl(["kustomize", folder]);
  if (code !== 0) throw new Error(stderr);
  const objects = parseAllDocuments(stdout).map(
    (document) => document.toJS() as { readonly kind: string; readonly rules?: readonly Rule[] },
  );
  const of = (kind: string): readonly Grant[] =>
    objects.filter((object) => object.kind === kind).flatMap((object) => grantsOf(object));
  const work = of("ClusterRole").map(({ names, ...grant }) => {
    const named = grant.resource === "secrets" ? secrets : names;
    return named === undefined ? grant : { ...grant, names: named };
  });
  return accountWith(plane, namespace, { work, lease: of("Role") });
}
