/** An object of a story as a file that others can judge: what differs from run to run is made the same. */
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import type { Kind, Seen } from "./objects.ts";
import type { Site } from "./site.ts";

const GROUP = "emergency.twilio-operator.io";
const CUSTOMIZATIONS = fileURLToPath(
  new URL(`../../deploy/argocd/resource_customizations/${GROUP}`, import.meta.url),
);

const UID = "00000000-0000-4000-8000-000000000000";
/** In the order in which they are replaced. */
const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "2026-01-01T00:00:00Z"],
  [/\bRQ[0-9a-f]{32}\b/g, `RQ${"0".repeat(32)}`],
  [/\b(approve=|hash: )[a-z2-7]{16}\b/g, "$1abcdefghijkl2345"],
  // The tag of an Address has the cluster in it.
  [/\bte[a-z2-7]{6}-[a-z2-7]{10}-/g, "teabcdef-abcdefghij-"],
];

/** The text of the fixture. */
export function fixtureText(site: Site, object: Seen): string {
  const { metadata, ...rest } = object;
  const { managedFields: _, ...kept } = metadata as typeof metadata & { readonly managedFields?: unknown };
  const plain = {
    ...rest,
    metadata: { ...kept, uid: UID, resourceVersion: "1", namespace: "emergency" },
  };
  let text = stringify(JSON.parse(JSON.stringify(plain)), { lineWidth: 0, sortMapEntries: true });
  const addresses = [...new Set(text.match(/\bAD[0-9a-f]{32}\b/g))];
  for (const [index, sid] of addresses.entries())
    text = text.replaceAll(sid, `AD${String(index + 1).padStart(32, "0")}`);
  for (let index = 0; index < (site.options.numbers ?? 1); index += 1) {
    text = text.replaceAll(site.phoneNumber(index), `+1303555010${index}`);
    text = text.replaceAll(site.numberSid(index), `PN${String(index + 1).padStart(32, "0")}`);
  }
  text = text.replaceAll(site.domainSid(), `SD${"1".padStart(32, "0")}`);
  text = text.replaceAll(site.sid, `AC${"1".padStart(32, "0")}`);
  text = text.replaceAll(`${site.id}-`, "").replaceAll(new RegExp(`\\b${site.id}\\b`, "g"), "larkmoor");
  text = text.replaceAll(`-n ${site.namespace} `, "-n emergency ");
  for (const [pattern, same] of VOLATILE) text = text.replaceAll(pattern, same);
  return text;
}

const KINDS: Readonly<Record<Kind, string>> = {
  account: "TwilioAccount",
  address: "EmergencyAddress",
  binding: "PhoneNumberBinding",
  domain: "SIPDomainSetting",
};

/** Where the fixture of this kind and name is kept. */
export function fixtureFile(kind: Kind, name: string): string {
  return `${CUSTOMIZATIONS}/${KINDS[kind]}/testdata/${name}.yaml`;
}
