/** Are the definitions in the cluster those that this version needs? Older ones refuse what the operator records. */
import { FIELDS } from "../../api/schemas.gen.ts";
import { fieldsOf } from "../../api/fields.ts";
import { GROUP, KINDS, PLURALS, VERSION, type Kind } from "../../api/names.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isKind, KubeError } from "../../kube/errors.ts";
import type { KubeObject } from "../../kube/types.ts";
import { broken, ok, warning, type Finding } from "./finding.ts";

const CRD = {
  ...{ group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions" },
  ...{ kind: "CustomResourceDefinition", namespaced: false },
};

interface Crd extends KubeObject {
  readonly spec?: {
    readonly versions?: readonly {
      readonly name: string;
      readonly schema?: { readonly openAPIV3Schema?: Parameters<typeof fieldsOf>[0] };
    }[];
  };
}

const CURE = "kubectl apply --server-side -f crds/ (of this version, before the operator)";
/** More are not told, only counted. */
const NAMED = 3;

export async function checkCrds(client: KubeClient): Promise<readonly Finding[]> {
  const findings = await Promise.all(KINDS.map((kind) => checkCrd(client, kind)));
  const found = findings.flat();
  if (found.length > 0) return found;
  return [ok(`the CRDs are there, with version ${VERSION} and all fields of it`)];
}

async function checkCrd(client: KubeClient, kind: Kind): Promise<readonly Finding[]> {
  const name = `${PLURALS[kind]}.${GROUP}`;
  try {
    return compare(await client.get<Crd>(CRD, { name }), name, kind);
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (!isKind(error, "forbidden"))
      return [
        broken(`the CRD ${name} cannot be read: ${error.message}`, "see whether the API server is well"),
      ];
    const cure = `run doctor as somebody who may: kubectl auth can-i get crd/${name}`;
    return [warning(`you may not read the CRD ${name}, so its fields were not compared`, cure)];
  }
}

function compare(crd: Crd | undefined, name: string, kind: Kind): readonly Finding[] {
  const ours = crd?.spec?.versions?.find((version) => version.name === VERSION);
  const schema = ours?.schema?.openAPIV3Schema;
  if (schema === undefined) return [broken(`the CRD ${name} has no version ${VERSION}`, CURE)];
  const there = new Set(fieldsOf(schema));
  const missing = FIELDS[kind].filter((field) => !there.has(field));
  if (missing.length === 0) return [];
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : "";
  const what = `the CRD ${name} is older than this version: it lacks ${missing.slice(0, NAMED).join(", ")}${more}`;
  return [broken(`${what}. Nothing is written to Twilio until it is there`, CURE)];
}
