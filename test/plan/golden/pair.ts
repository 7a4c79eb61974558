/**
 * A golden pair: a World that a person can read, and what the planner rules on it.
 *
 * `X.in.yaml` says why it is there, which object is planned, and what is not as usual; what it does not say is as in
 * test/support/builders.ts. `X.out.yaml` is written by `npm run golden` and read by the reviewer.
 */
import { readdirSync, readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import type { Kind } from "../../../src/api/names.ts";
import type { Managed } from "../../../src/api/objects.ts";
import { signatureOf } from "../../../src/plan/convergence.ts";
import { afterWrite, markAfter, outcomeOf, recordBefore, type Outcome } from "../../../src/plan/outcome.ts";
import { isWrite } from "../../../src/plan/step.ts";
import { failureOf } from "../../../src/twilio/errors.ts";
import type { AddressRecord, Failure } from "../../../src/twilio/types.ts";
import {
  FOREIGN,
  HQ,
  NOW,
  OLD,
  sid,
  tagOf,
  world,
  type Built,
  type Circumstances,
  type WorldBuilder,
} from "../../support/builders.ts";

type Fields = Readonly<Record<string, unknown>>;

interface ObjectIn {
  readonly kind: Kind;
  readonly name: string;
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly status?: Fields;
}

export interface PairIn {
  readonly why: string;
  /** `Kind/name`. */
  readonly plan: string;
  readonly objects: readonly ObjectIn[];
  readonly numbers?: readonly Fields[];
  /** `tagged: NAME` for one that this object made. */
  readonly addresses?: readonly (Fields & { readonly tagged?: string; readonly revision?: number })[];
  readonly domains?: readonly Fields[];
  /** Since when (ms before now) every plan has named this state. */
  readonly watched?: Readonly<Record<string, number>>;
  /** Sids that the account lost: `missing` in a later listing, `absent` by a direct look, `written` by us after it. */
  readonly since?: { readonly missing?: string[]; readonly absent?: string[]; readonly written?: string[] };
  readonly account?: Fields;
  readonly listed?: false;
  readonly trusted?: "later";
  readonly dryRun?: true;
  /** The planned write was made a moment ago, and accepted. */
  readonly repeated?: true;
  /** What Twilio answers to the planned write. */
  readonly answer?: {
    readonly statusCode: number;
    readonly body: unknown;
    readonly headers?: Record<string, string>;
  };
}

/** Short names for what is told apart; the pairs use them instead of sids. */
const NAMES: Readonly<Record<string, string>> = {
  HQ,
  OLD,
  FOREIGN,
  TWIN: sid("AD", 3),
  DESK: sid("PN", 1),
  SPARE: sid("PN", 2),
  SIP: sid("SD", 1),
  // The FriendlyName that the object hq gives its first Address.
  TAGOFHQ: tagOf("hq"),
};

const FOLDER = new URL("../", import.meta.url);
export const KIND_FOLDERS = ["account", "address", "binding", "domain", "errors"] as const;

/** `binding/free-associate`, … */
export function pairNames(): readonly string[] {
  return KIND_FOLDERS.flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, FOLDER))
      .filter((name) => name.endsWith(".in.yaml"))
      .map((name) => `${folder}/${name.slice(0, -".in.yaml".length)}`),
  );
}

export function fileOf(name: string, side: "in" | "out"): URL {
  return new URL(`${name}.${side}.yaml`, FOLDER);
}

/** The text that `X.out.yaml` must have. */
export function expectedOf(name: string): string {
  const pair = parse(withSids(readFileSync(fileOf(name, "in"), "utf8"))) as PairIn;
  const text = stringify(resultOf(pair), { lineWidth: 0, aliasDuplicateObjects: false });
  return withNames(text);
}

/** Which rule ruled, as the out file says. */
export function ruleOf(name: string): string {
  return (parse(readFileSync(fileOf(name, "out"), "utf8")) as { readonly rule: string }).rule;
}

function withSids(text: string): string {
  return text.replaceAll(/\b[A-Z]{2,7}\b/g, (word) => NAMES[word] ?? word);
}

function withNames(text: string): string {
  return Object.entries(NAMES).reduce((out, [name, of]) => out.replaceAll(of, name), text);
}

function resultOf(pair: PairIn): Fields {
  const [kind, name] = pair.plan.split("/") as [Kind, string];
  const first = sceneOf(pair).build();
  const built = pair.repeated === true ? repeated(pair, first, { kind, name }) : first;
  const ruling = built.plan(kind, name);
  const { conditions, ...status } = built.status(kind, name);
  const shown = (conditions as readonly Fields[] | undefined)?.map(
    ({ type, status: is, reason }) => `${String(type)}=${String(is)} ${String(reason)}`,
  );
  return { ...ruling, ...answered(pair, built, { kind, name }), status: { conditions: shown, ...status } };
}

function repeated(
  pair: PairIn,
  built: Built,
  { kind, name }: { readonly kind: Kind; readonly name: string },
): Built {
  const { step } = built.plan(kind, name);
  if (!isWrite(step)) throw new Error(`${pair.plan} writes nothing that could be repeated`);
  const signature = signatureOf(built.get(kind, name) as Managed, step);
  return sceneOf(pair)
    .given({ lastWrites: { [name]: { signature, at: NOW - 1000 } } })
    .build();
}

function answered(
  pair: PairIn,
  built: Built,
  { kind, name }: { readonly kind: Kind; readonly name: string },
): Fields {
  if (pair.answer === undefined) return {};
  const object = built.get(kind, name) as Managed;
  const { step, inputs = "" } = built.plan(kind, name);
  if (!isWrite(step)) throw new Error(`${pair.plan} writes nothing that could be answered`);
  const { outcome, failure } = outcomeIn(pair.answer);
  const number = "numberSid" in step ? built.snapshot.number(step.numberSid)?.value : undefined;
  return {
    recordedBefore: recordBefore(object, step, { now: NOW, ...(number === undefined ? {} : { number }) }),
    ...(failure === undefined ? {} : { failure }),
    outcome: outcome.kind,
    remembered: afterWrite(built.world, object, { step, inputs }, outcome),
    marked: markAfter(object, step, outcome),
  };
}

function outcomeIn({ statusCode, headers = {}, body }: NonNullable<PairIn["answer"]>): {
  readonly outcome: Outcome;
  readonly failure?: Failure;
} {
  if (statusCode < 300) return { outcome: { kind: "done", startedAt: NOW, value: body } };
  const failure = failureOf({
    statusCode,
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { outcome: outcomeOf(failure), failure };
}

function sceneOf(pair: PairIn): WorldBuilder {
  const scene = world();
  for (const object of pair.objects) add(scene, object);
  for (const number of pair.numbers ?? []) scene.number(number);
  for (const { tagged, revision, ...record } of pair.addresses ?? []) {
    if (tagged === undefined) scene.twilioAddress(record);
    else scene.tagged(tagged, record as Partial<AddressRecord>, revision);
  }
  for (const domain of pair.domains ?? []) scene.twilioDomain(domain);
  return afterwards(scene, pair).given(circumstances(pair));
}

function circumstances({ watched = {}, listed, trusted, dryRun, account }: PairIn): Circumstances {
  const since = Object.entries(watched).map(([label, ms]) => [label, NOW - ms] as const);
  return {
    watched: Object.fromEntries(since),
    ...(listed === false ? { listedAt: null } : {}),
    ...(trusted === "later" ? { trustedSince: NOW + 1 } : {}),
    ...(dryRun === true ? { dryRun: true } : {}),
    ...(account === undefined ? {} : { account }),
  };
}

function afterwards(scene: WorldBuilder, { since = {} }: PairIn): WorldBuilder {
  const { missing, absent = [], written = [] } = since;
  if (missing !== undefined)
    scene.afterwards((snapshot) => {
      const left = <T extends { readonly sid: string }>(all: Iterable<T>): T[] =>
        [...all].filter((record) => !missing.includes(record.sid));
      const addresses = Object.values(NAMES).flatMap((of) => snapshot.address(of)?.value ?? []);
      const listing = {
        numbers: left(snapshot.numbers()),
        addresses: left(addresses),
        domains: left(snapshot.domains()),
      };
      // Twice: a listing that has shrunk is believed when a second one agrees.
      snapshot.mergeListing({ ...listing, startedAt: NOW + 1 });
      snapshot.mergeListing({ ...listing, startedAt: NOW + 2 });
    });
  scene.afterwards((snapshot) => {
    for (const name of absent) snapshot.noteAbsent(name, NOW);
    for (const name of written) snapshot.noteWrite(name, NOW + 1);
  });
  return scene;
}

function add(scene: WorldBuilder, { kind, name, ...given }: ObjectIn): void {
  // null takes a default away.
  const spec = Object.fromEntries(
    Object.entries(given.spec ?? {}).map(([field, value]) => [field, value ?? undefined]),
  );
  const parts = { ...given, spec };
  switch (kind) {
    case "TwilioAccount":
      scene.account(name, parts);
      break;
    case "EmergencyAddress":
      scene.address(name, parts);
      break;
    case "PhoneNumberBinding":
      scene.binding(name, parts);
      break;
    case "SIPDomainSetting":
      scene.domain(name, parts);
      break;
  }
}
