/** May we do all that the operator does? The API server's own answer, for whoever asks. */
import { GROUP, KINDS, PLURALS } from "../../api/names.ts";
import type { Config } from "../../config.ts";
import type { KubeClient } from "../../kube/client.ts";
import type { KubeObject } from "../../kube/types.ts";
import { broken, ok, type Finding } from "./finding.ts";

interface Access {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What the operator does with these settings; the chart's roles allow exactly this. */
export function neededAccess(
  config: Config,
  leaseNamespace: string,
  secrets: readonly Ref[],
): readonly Access[] {
  const namespaces = config.namespaces.length === 0 ? [undefined] : config.namespaces;
  const objects = namespaces.flatMap((namespace) => [
    ...KINDS.flatMap((kind) => {
      const at = { group: GROUP, resource: PLURALS[kind], ...(namespace === undefined ? {} : { namespace }) };
      const marks = kind === "TwilioAccount" ? [] : [{ ...at, verb: "patch" }];
      return [
        ...["get", "list", "watch"].map((verb) => ({ ...at, verb })),
        ...marks,
        { ...at, verb: "patch", subresource: "status" },
      ];
    }),
    ...["create", "patch"].map((verb) => ({
      ...{ group: "events.k8s.io", resource: "events", verb },
      ...(namespace === undefined ? {} : { namespace }),
    })),
  ]);
  const credentials = secrets.flatMap((secret) =>
    ["list", "watch"].map((verb) => ({ group: "", resource: "secrets", verb, ...secret })),
  );
  return [...objects, ...credentials, ...leases(config, leaseNamespace)];
}

export interface Ref {
  readonly namespace: string;
  readonly name: string;
}

function leases(config: Config, namespace: string): readonly Access[] {
  if (!config.leaderElect && config.sharding === "none") return [];
  const verbs = ["get", "create", "patch", ...(config.sharding === "accounts" ? ["list", "delete"] : [])];
  return verbs.map((verb) => ({ group: "coordination.k8s.io", resource: "leases", namespace, verb }));
}

const REVIEW = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "selfsubjectaccessreviews",
  kind: "SelfSubjectAccessReview",
  namespaced: false,
};

interface Review extends KubeObject {
  readonly status?: { readonly allowed: boolean };
}

export async function checkPermissions(
  client: KubeClient,
  needed: readonly Access[],
): Promise<readonly Finding[]> {
  const answers = await Promise.all(
    needed.map(async (access) => {
      // The API server wants the review without a name.
      const review = { metadata: { name: "" }, spec: { resourceAttributes: access } };
      const { status } = await client.create<Review>(REVIEW, review);
      return { access, isAllowed: status?.allowed === true };
    }),
  );
  const denied = answers.filter(({ isAllowed }) => !isAllowed).map(({ access }) => inWords(access));
  if (denied.length === 0) return [ok(`all ${needed.length} permissions that the operator needs are there`)];
  return denied.map((access) =>
    broken(`not allowed: ${access}`, "apply the chart's or kustomize's roles for these settings again"),
  );
}

function inWords({ verb, resource, subresource, group, namespace, name }: Access): string {
  const what = `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
  const which = name === undefined ? "" : ` ${name}`;
  return `${verb} ${what}${which} ${namespace === undefined ? "in all namespaces" : `in namespace ${namespace}`}`;
}
