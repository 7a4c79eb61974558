/** What an architecture rule wants to know of a source file, read from its syntax tree: words in comments don't count. */
import { parseSync } from "rolldown/utils";
import { IMPURE_NAMES } from "./table.ts";

export interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

export interface Facts {
  readonly imports: readonly Import[];
  /** What makes it impure, e.g. "Math.random". */
  readonly impurities: readonly string[];
  readonly readsEnvironment: boolean;
  /** The text of every comment, string and name: the file itself. */
  readonly text: string;
}

interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Fails when `source` is not TypeScript. */
export function factsOf(path: string, source: string): Facts {
  const { program, errors } = parseSync(path, source, { sourceType: "module" });
  if (errors.length > 0) throw new Error(`${path} cannot be parsed: ${errors[0]?.message}`);
  const nodes: Located[] = [];
  collect(program as unknown as Node, undefined, nodes);
  return {
    imports: nodes.flatMap(({ node }) => importOf(node)),
    impurities: [...new Set(nodes.flatMap(impuritiesOf))],
    readsEnvironment: nodes.some(({ node }) => isEnvironment(node)),
    text: source,
  };
}

interface Located {
  readonly node: Node;
  readonly parent: Node | undefined;
}

function collect(node: Node, parent: Node | undefined, into: Located[]): void {
  into.push({ node, parent });
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) collect(child, node, into);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function importOf(node: Node): Import[] {
  if (isRequire(node)) return [required(node["arguments"])];
  if (!isNode(node["source"])) return [];
  const from = node["source"]["value"];
  switch (node.type) {
    case "ImportDeclaration":
      return typeof from === "string" ? [{ from, typeOnly: node["importKind"] === "type" }] : [];
    case "ExportAllDeclaration":
    case "ExportNamedDeclaration":
      return typeof from === "string" ? [{ from, typeOnly: node["exportKind"] === "type" }] : [];
    case "TSImportType":
      return typeof from === "string" ? [{ from, typeOnly: true }] : [];
    case "ImportExpression":
      // A path that is computed cannot be checked, so it is named as what it is and allowed nowhere.
      return [{ from: typeof from === "string" ? from : "a computed path", typeOnly: false }];
    default:
      return [];
  }
}

/** `require(…)`, as everybody calls what createRequire() made, or `createRequire(…)(…)`. */
function isRequire(node: Node): boolean {
  const { type, callee } = node;
  if (type !== "CallExpression" || !isNode(callee)) return false;
  return isName(callee, "require") || isName(callee["callee"], "createRequire");
}

function required(given: unknown): Import {
  const first: unknown = Array.isArray(given) ? given[0] : undefined;
  const from = isNode(first) ? first["value"] : undefined;
  return { from: typeof from === "string" ? from : "a computed path", typeOnly: false };
}

const IMPURE_SHAPES: readonly [what: string, found: (node: Node) => boolean][] = [
  ["async", (node) => node["async"] === true],
  ["await", (node) => node.type === "AwaitExpression" || node["await"] === true],
  [
    "new Date()",
    (node) => node.type === "NewExpression" && isName(node["callee"], "Date") && takesNothing(node),
  ],
  ["Date()", (node) => node.type === "CallExpression" && isName(node["callee"], "Date")],
  ["Date.now", (node) => isMember(node, "Date", "now")],
  ["Math.random", (node) => isMember(node, "Math", "random")],
];

function impuritiesOf({ node, parent }: Located): string[] {
  const shapes = IMPURE_SHAPES.filter(([, found]) => found(node)).map(([what]) => what);
  const name = node.type === "Identifier" ? String(node["name"]) : "";
  return IMPURE_NAMES.has(name) && isReference(node, parent) ? [...shapes, name] : shapes;
}

const KEYED = new Set(["Property", "PropertyDefinition", "MethodDefinition"]);

/** A name that stands for a value, neither a type nor the key of a property. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return false;
  if (parent.type.startsWith("TS")) return parent.type.endsWith("Expression");
  if (parent["computed"] === true || parent["shorthand"] === true) return true;
  if (parent.type === "MemberExpression") return parent["object"] === node;
  return KEYED.has(parent.type) ? parent["value"] === node : true;
}

function isEnvironment(node: Node): boolean {
  if (isMember(node, "process", "env")) return true;
  return importOf(node).some(({ from }) => from === "node:process" || from === "process");
}

function isMember(node: Node, object: string, property: string): boolean {
  if (node.type !== "MemberExpression" || !isName(node["object"], object)) return false;
  const named = node["property"];
  return isName(named, property) || (isNode(named) && named["value"] === property);
}

function isName(node: unknown, name: string): boolean {
  return isNode(node) && node.type === "Identifier" && node["name"] === name;
}

function takesNothing(call: Node): boolean {
  return Array.isArray(call["arguments"]) && call["arguments"].length === 0;
}
