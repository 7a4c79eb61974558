/** An API server with the four resources of crds/ installed, and a namespace for one suite. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { KINDS, PLURALS, type Kind } from "../../src/api/names.ts";
import type { ControlPlaneAccess } from "../support/control-plane.ts";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { ApiServer } from "./api-server.ts";

interface Crd {
  readonly metadata: { readonly name: string };
  readonly [field: string]: unknown;
}

export interface Running {
  readonly api: ApiServer;
  readonly namespace: string;
  /** Runs kubectl as administrator and gives what it printed; fails with its error output. */
  kubectl(...args: readonly string[]): Promise<string>;
  /** Lets go of the connections; the API server stays. */
  close(): Promise<void>;
}

const folder = join(import.meta.dirname, "../../crds");

/** `suite` names the namespace. */
export async function startApiServer(
  suite: string,
  plane: ControlPlaneAccess = sharedControlPlane(),
): Promise<Running> {
  const namespace = `crds-${suite}`;
  const api = new ApiServer({ url: plane.url, ca: plane.caData, token: plane.adminToken, namespace });
  await apply(api, `/api/v1/namespaces/${namespace}`, {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: namespace },
  });
  await Promise.all(KINDS.map((kind) => install(api, kind)));
  return {
    api,
    namespace,
    async kubectl(...args) {
      const { code, stdout, stderr } = await plane.kubectl(args);
      if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${stderr}`);
      return stdout;
    },
    close: () => api.close(),
  };
}

/** Every file in crds/ is named after its resource, and there are no others. */
function readCrd(kind: Kind): Crd {
  const files = readdirSync(folder);
  if (files.length !== KINDS.length) throw new Error(`crds/ holds ${files.join(", ")}`);
  return parse(readFileSync(join(folder, `${PLURALS[kind]}.yaml`), "utf8")) as Crd;
}

async function install(api: ApiServer, kind: Kind): Promise<void> {
  const crd = readCrd(kind);
  await apply(api, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd.metadata.name}`, crd);
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if ((await api.send("GET", api.pathOf(kind))).status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${kind} is not served 10 s after its CRD was installed`);
}

/** Strict: an unknown field, or a rule that costs too much, fails the suite. */
async function apply(api: ApiServer, path: string, object: object): Promise<void> {
  const { status, body } = await api.send(
    "PATCH",
    `${path}?fieldManager=test&force=true&fieldValidation=Strict`,
    object,
  );
  if (status >= 300) throw new Error(`${path} was refused: ${body.message}`);
}
