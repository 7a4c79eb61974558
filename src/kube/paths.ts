/** Where objects are found at the API server. */
import type { ObjectRef, ResourceType } from "./types.ts";

/** Query parameters; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

/** Path of a collection; of all namespaces if none is given. */
export function listPath(type: ResourceType, namespace: string | undefined): string {
  const root = type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope =
    !type.namespaced || namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${type.plural}`;
}

/** Path of one object. Throws a TypeError where a namespace is missing, which would name another thing altogether. */
export function itemPath(type: ResourceType, ref: ObjectRef): string {
  if (ref.name === "") throw new TypeError(`${type.kind} without a name`);
  if (type.namespaced && (ref.namespace ?? "") === "")
    throw new TypeError(`${type.kind} ${ref.name} without a namespace`);
  return `${listPath(type, ref.namespace)}/${encodeURIComponent(ref.name)}`;
}

/** `?a=b&c=d`, or nothing. */
export function queryText(query: Query): string {
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return set.length === 0 ? "" : `?${new URLSearchParams(set).toString()}`;
}
