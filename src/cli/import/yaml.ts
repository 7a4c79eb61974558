/** Manifests as text. Written by hand where there are many: a stringify for each of 50,000 takes longer than the listing. */
import { stringify } from "yaml";
import { API_VERSION, DEFAULT_ACCOUNT } from "../../api/names.ts";
import type { ImportedAddress, ImportedDomain, ImportedNumber } from "./importer.ts";

export interface Place {
  readonly namespace: string | undefined;
  readonly account: string;
}

/** A name may look like a number, and YAML 1.1, which kubectl reads, has more words for true and false. */
function quoted(name: string): string {
  return /^(?!(?:true|false|yes|no|on|off|y|n|null)$)[a-z]/.test(name) ? name : JSON.stringify(name);
}

function head({ namespace }: Place, kind: string, name: string): string {
  const where = namespace === undefined ? "" : `  namespace: ${quoted(namespace)}\n`;
  return `---\napiVersion: ${API_VERSION}\nkind: ${kind}\nmetadata:\n  name: ${quoted(name)}\n${where}spec:\n`;
}

function accountRef({ account }: Place): string {
  return account === DEFAULT_ACCOUNT ? "" : `  accountRef:\n    name: ${quoted(account)}\n`;
}

export type Policy = "Observe" | "Manage";

/** Manage is what the account says, and need not stand there. */
function policyLine(policy: Policy): string {
  return policy === "Observe" ? "  managementPolicy: Observe\n" : "";
}

const OBSERVE = policyLine("Observe");

export function accountYaml(
  place: Place,
  { accountSid, secret }: { readonly accountSid: string; readonly secret: string },
): string {
  const spec = `  accountSid: ${accountSid}\n  credentialsSecretRef:\n    name: ${quoted(secret)}\n`;
  return head(place, "TwilioAccount", place.account) + spec + OBSERVE;
}

export function addressYaml(
  place: Place,
  { name, spec }: ImportedAddress,
  policy: Policy = "Observe",
): string {
  // kubectl reads YAML 1.1, where ON, the province, is a boolean.
  const text = stringify(spec, { compat: "yaml-1.1" }).replaceAll(/^/gm, "  ").trimEnd();
  return `${head(place, "EmergencyAddress", name)}${accountRef(place)}${text}\n${policyLine(policy)}`;
}

export function bindingYaml(
  place: Place,
  { name, phoneNumber }: Pick<ImportedNumber, "name" | "phoneNumber">,
  address: string,
  policy: Policy = "Observe",
): string {
  const spec = `  phoneNumber: "${phoneNumber}"\n  addressRef:\n    name: ${quoted(address)}\n`;
  return head(place, "PhoneNumberBinding", name) + accountRef(place) + spec + policyLine(policy);
}

export function domainYaml(place: Place, { name, domainName, enabled, caller }: ImportedDomain): string {
  const ref = caller === undefined ? "" : `  emergencyCallerRef:\n    name: ${quoted(caller)}\n`;
  const spec = `  domainName: ${domainName}\n  emergencyCallingEnabled: ${enabled}\n${ref}`;
  return head(place, "SIPDomainSetting", name) + accountRef(place) + spec + OBSERVE;
}

export function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line.replaceAll(/\s+/g, " ")}\n`).join("");
}
