/** Manifests from files, folders and standard input: parsed, judged by the schemas of the CRDs, given their defaults. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseAllDocuments, type Document, type YAMLError } from "yaml";
import { API_VERSION, GROUP, KINDS, type Kind } from "../../api/names.ts";
import { keyOf, type AnyObject } from "../../api/objects.ts";
import { decodedData } from "../../controllers/credentials.ts";
import { isObjectName } from "./object-name.ts";
import { faultsOf } from "./validate.ts";

/** Everything that is wrong with the manifests: one line for each fault, with its file and line. */
class ManifestError extends Error {
  override readonly name = "ManifestError";
}

export interface Manifests {
  readonly objects: readonly AnyObject[];
  /** Decoded values by `namespace/name`. */
  readonly secrets: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Objects of other API groups, which are none of our business: `Kind/name`. */
  readonly skipped: readonly string[];
}

const DEFAULT_NAMESPACE = "default";
const YAML_FILE = /\.(ya?ml|json)$/;

/** `-` is standard input. Throws ManifestError with all faults; nothing is taken from manifests with a fault. */
export function readManifests(paths: readonly string[]): Manifests {
  const reader = new Reader();
  for (const path of paths) reader.readPath(path);
  return reader.result(paths);
}

class Reader {
  readonly #faults: string[] = [];
  readonly #objects = new Map<string, { readonly object: AnyObject; readonly where: string }>();
  readonly #secrets = new Map<string, Readonly<Record<string, string>>>();
  readonly #skipped: string[] = [];

  readPath(path: string): void {
    try {
      if (path === "-") return this.#readText("standard input", readFileSync(0, "utf8"));
      if (!statSync(path).isDirectory()) return this.#readText(path, readFileSync(path, "utf8"));
      const names = readdirSync(path, { recursive: true, encoding: "utf8" });
      for (const name of names.filter((each) => YAML_FILE.test(each)).toSorted())
        this.#readText(join(path, name), readFileSync(join(path, name), "utf8"));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      this.#faults.push(
        code === "ENOENT"
          ? `${path}: there is no such file or folder; give manifests with -f`
          : `${path}: ${message}`,
      );
    }
  }

  result(paths: readonly string[]): Manifests {
    if (this.#faults.length > 0) throw new ManifestError(this.#faults.join("\n"));
    const objects = [...this.#objects.values()].map(({ object }) => object);
    if (objects.length === 0)
      throw new ManifestError(`no object of ${GROUP} in ${paths.join(", ")}; see examples/ for manifests`);
    return { objects, secrets: this.#secrets, skipped: this.#skipped };
  }

  #readText(file: string, text: string): void {
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines });
    for (const document of documents as readonly Document.Parsed[]) {
      const start = document.contents?.range[0] ?? document.range[0];
      const where = `${file}:${lines.linePos(start).line}`;
      const [error] = document.errors;
      if (error !== undefined) this.#faults.push(syntaxFault(file, error));
      else this.#readDocument(where, document);
    }
  }

  #readDocument(where: string, document: Document.Parsed): void {
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      this.#faults.push(`${where}: no valid YAML: ${(error as Error).message}`);
      return;
    }
    if (value !== null) this.#readValue(where, value);
  }

  #readValue(where: string, value: unknown): void {
    if (!isRecord(value)) {
      this.#faults.push(`${where}: this is no Kubernetes object: it has no apiVersion, kind and metadata`);
      return;
    }
    if (value["kind"] === "List" && Array.isArray(value["items"])) {
      for (const item of value["items"] as readonly unknown[]) this.#readValue(where, item);
      return;
    }
    if (isOthers(value)) {
      const name = isRecord(value["metadata"]) ? value["metadata"]["name"] : undefined;
      this.#skipped.push(typeof name === "string" ? `${value.kind}/${name}` : value.kind);
      return;
    }
    const header = headerOf(value);
    if (typeof header === "string") this.#faults.push(`${where}: ${header}`);
    else if (header.apiVersion === "v1") this.#readSecret(where, value, header.name);
    else this.#readOurs(where, value, header);
  }

  #readOurs(
    where: string,
    value: Readonly<Record<string, unknown>>,
    { apiVersion, kind, name }: Header,
  ): void {
    const what = `${where}: ${kind}/${name}`;
    const known = KINDS.find((each) => each === kind);
    if (apiVersion !== API_VERSION)
      this.#faults.push(`${what}: apiVersion ${apiVersion} is not known; use ${API_VERSION}`);
    else if (known === undefined)
      this.#faults.push(`${what}: there is no such kind; there are ${KINDS.join(", ")}`);
    else this.#readSpec(where, value, known);
  }

  #readSpec(where: string, value: Readonly<Record<string, unknown>>, kind: Kind): void {
    const object = objectOf(kind, value);
    const key = keyOf(object);
    const faults = value["spec"] === undefined ? ["spec is required"] : [...faultsOf(kind, object.spec)];
    const known = this.#objects.get(key);
    if (known !== undefined) faults.push(`the same object stands at ${known.where} already`);
    const { name } = object.metadata;
    this.#faults.push(...faults.map((fault) => `${where}: ${kind}/${name}: ${fault}`));
    this.#objects.set(key, { object, where });
  }

  #readSecret(where: string, value: Readonly<Record<string, unknown>>, name: string): void {
    const all = { ...decodedData(textsOf(value["data"])), ...textsOf(value["stringData"]) };
    const key = `${namespaceOf(value)}/${name}`;
    if (this.#secrets.has(key))
      this.#faults.push(`${where}: Secret/${name}: it stands in the manifests twice`);
    this.#secrets.set(key, all);
  }
}

interface Header {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** Of other API groups other rules hold: a Kustomization, for one, needs no name. */
function isOthers(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & { readonly kind: string } {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  return apiVersion.split("/")[0] !== GROUP && !(apiVersion === "v1" && kind === "Secret");
}

/** Left empty, it is as if it were not there. */
function namespaceOf({ metadata }: Readonly<Record<string, unknown>>): string {
  const { namespace } = metadata as { readonly namespace?: string | null };
  return (namespace ?? "") === "" ? DEFAULT_NAMESPACE : String(namespace);
}

/** What every Kubernetes object begins with, or what is wrong with it. */
function headerOf({ apiVersion, kind, metadata }: Readonly<Record<string, unknown>>): Header | string {
  if (typeof apiVersion !== "string" || typeof kind !== "string")
    return `apiVersion and kind are required; ours are ${API_VERSION}`;
  const name = isRecord(metadata) ? metadata["name"] : undefined;
  if (typeof name === "string" && isObjectName(name)) return { apiVersion, kind, name };
  return `metadata.name of this ${kind} must be lower-case letters, digits, - and ., such as head-office`;
}

function syntaxFault(file: string, error: YAMLError): string {
  const at = error.linePos?.[0];
  const place = at === undefined ? file : `${file}:${at.line}:${at.col}`;
  return `${place}: no valid YAML: ${(error.message.split("\n", 1)[0] ?? "").replace(/ at line .*$/, "")}`;
}

/** What the API server would store, as far as it counts here: namespace, generation and uid are made up. */
function objectOf(kind: Kind, value: Readonly<Record<string, unknown>>): AnyObject {
  const { name, annotations, labels } = value["metadata"] as Readonly<Record<string, unknown>>;
  const namespace = namespaceOf(value);
  const metadata = {
    name,
    namespace,
    uid: `${kind}/${namespace}/${String(name)}`,
    resourceVersion: "1",
    generation: 1,
    creationTimestamp: "1970-01-01T00:00:00Z",
    ...(isRecord(annotations) ? { annotations } : {}),
    ...(isRecord(labels) ? { labels } : {}),
  };
  const spec = isRecord(value["spec"]) ? { ...value["spec"] } : value["spec"];
  return {
    apiVersion: API_VERSION,
    kind,
    metadata,
    spec,
    status: { observedGeneration: -1 },
  } as unknown as AnyObject;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
}
