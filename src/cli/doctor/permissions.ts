/** May we do all that the operator does? The API server's own answer, for whoever asks. */
import { GROUP, KINDS, PLURALS } from "../../api/names.ts";
import type { Config } from "../../config.ts";
import type { KubeClient } from "../../kube/client.ts";
import { KubeError } from "../../kube/errors.ts";
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

/** What the API server could not be asked is a finding of its own: the others are still told. */
export async function checkPermissions(
  client: KubeClient,
  needed: readonly Access[],
): Promise<readonly Finding[]> {
  const answers = await Promise.all(needed.map((access) => isAllowed(client, access)));
  const denied = needed.filter((_, index) => answers[index] === false);
  const findings = denied.map((access) =>
    broken(
      `not allowed: ${inWords(access)}`,
      "apply the chart's or kustomize's roles for these settings again",
    ),
  );
  const [failed, ...others] = answers.filter((answer) => answer instanceof KubeError);
  if (failed !== undefined) {
    const what = `${others.length + 1} of ${needed.length} permissions could not be checked: ${failed.message}`;
    findings.push(broken(what, "see whether the API server is well, and run doctor again"));
  }
  if (findings.length > 0) return findings;
  return [ok(`all ${needed.length} permissions that the operator needs are there`)];
}

async function isAllowed(client: KubeClient, access: Access): Promise<boolean | KubeError> {
  // The API server wants the review without a name.
  const review = { metadata: { name: "" }, spec: { resourceAttributes: access } };
  try {
    return (await client.create<Review>(REVIEW, review)).status?.allowed === true;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
}

function inWords({ verb, resource, subresource, group, namespace, name }: Access): string {
  const what = `${resource}${subresource === undefined ? "" : `/${subresource}`}${group === "" ? "" : `.${group}`}`;
  const which = name === undefined ? "" : ` ${name}`;
  return `${verb} ${what}${which} ${namespace === undefined ? "in all namespaces" : `in namespace ${namespace}`}`;
}
