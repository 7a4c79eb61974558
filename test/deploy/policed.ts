/** A cluster whose deletions our ValidatingAdmissionPolicies watch, and what the tests of them do there. */
import { GROUP } from "../../src/api/names.ts";
import { type ControllerManager, startControllerManager } from "../support/controller-manager.ts";
import { type CommandResult, type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../stories/site.ts";
import { ROOT } from "./tools.ts";

export const PREFIX = `${GROUP}/`;
/** The kinds with a deletionPolicy, and a spec of each. */
export const KINDS = {
  phonenumberbindings: {
    kind: "PhoneNumberBinding",
    work: "Unregister",
    spec: { phoneNumber: "+13035550100", addressRef: { name: "hq" } },
  },
  emergencyaddresses: {
    kind: "EmergencyAddress",
    work: "Delete",
    spec: {
      customerName: "Larkmoor",
      street: "1 Main St",
      city: "Denver",
      region: "CO",
      postalCode: "80202",
      isoCountry: "US",
    },
  },
  sipdomainsettings: {
    kind: "SIPDomainSetting",
    work: "Disable",
    spec: { domainName: "a.sip.twilio.com", emergencyCallingEnabled: true },
  },
} as const;
export type Plural = keyof typeof KINDS;
export const PLURALS = Object.keys(KINDS) as readonly Plural[];

export let plane: ControlPlane;
let manager: ControllerManager;
/** Where objects are created and removed. */
export let namespace = "";
let count = 0;

/** A real API server and namespace controller with our CRDs and policies, once they are in force. */
export async function openPoliced(): Promise<void> {
  plane = await startControlPlane();
  manager = await startControllerManager(plane);
  await must(["apply", "--server-side", "-f", `${ROOT}/crds`]);
  await must(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
  await must(["apply", "-k", `${ROOT}/deploy/policies`]);
  await must(["create", "namespace", "probe"]);
  namespace = "probe";
  // A policy is in force a moment after it was written.
  for (const plural of PLURALS) {
    await create(plural, "probe", { deletionPolicy: KINDS[plural].work });
    await until(
      `${plural} are protected`,
      async () => (await remove(plural, "probe", "--dry-run=server")).code !== 0,
    );
  }
  await until(
    "the CRDs are protected",
    async () => (await removeCrd("twilioaccounts", "--dry-run=server")).code !== 0,
  );
  await until("namespaces are protected", async () => {
    const done = await plane.kubectl(["delete", "namespace", "probe", "--dry-run=server"]);
    return done.code !== 0;
  });
}

export async function closePoliced(): Promise<void> {
  await manager.stop();
  await plane.stop();
}

/** From now on objects are in a namespace of their own. */
export async function freshNamespace(): Promise<void> {
  count += 1;
  namespace = `policies-${count}`;
  await must(["create", "namespace", namespace]);
}

export async function must(args: readonly string[], input?: string): Promise<string> {
  const done = await plane.kubectl(args, input);
  if (done.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

export async function until(what: string, ask: () => Promise<boolean>, ms = 30_000): Promise<void> {
  const found = await eventually(async () => ((await ask()) ? true : undefined), ms);
  if (found === undefined) throw new Error(`waited in vain until ${what}`);
}

export async function create(
  plural: Plural,
  name: string,
  spec: object = {},
  metadata: object = {},
): Promise<void> {
  const { kind, spec: usual } = KINDS[plural];
  const object = {
    apiVersion: `${GROUP}/v1alpha1`,
    kind,
    metadata: { name, namespace, ...metadata },
    spec: { ...usual, ...spec },
  };
  await must(["create", "-f", "-"], JSON.stringify(object));
}

export function remove(plural: Plural, name: string, ...flags: readonly string[]): Promise<CommandResult> {
  return plane.kubectl(["delete", "--wait=false", "-n", namespace, `${plural}.${GROUP}`, name, ...flags]);
}

export function removeCrd(plural: string, ...flags: readonly string[]): Promise<CommandResult> {
  return plane.kubectl(["delete", "--wait=false", "crd", `${plural}.${GROUP}`, ...flags]);
}

export async function metadataOf(
  plural: Plural,
  name: string,
): Promise<{ deletionTimestamp?: string } | undefined> {
  const done = await plane.kubectl(["get", "-n", namespace, `${plural}.${GROUP}`, name, "-o", "json"]);
  return done.code === 0 ? (JSON.parse(done.stdout) as { metadata: object }).metadata : undefined;
}

export function confirmed(name: string): object {
  return { annotations: { [`${PREFIX}confirm-delete`]: name } };
}

/** The commands that a refusal advises: from kubectl to the end of the sentence. */
export function advised(stderr: string, after: string): string {
  const rest = stderr.slice(stderr.indexOf(after) + after.length);
  return (/kubectl [^]*?(?=\. |$|\n)/.exec(rest)?.[0] ?? "").trim();
}

export async function follow(command: string): Promise<void> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
  // -p '{"spec":…}' and the like: one word with its quotes taken off.
  await must(words.slice(1));
}
