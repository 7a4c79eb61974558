/** SIP domains. */
import type { Form } from "./addresses.ts";
import { rejected } from "./errors.ts";
import { newSid, type Domain } from "./resources.ts";
import { protectedBy, type Account, type World } from "./world.ts";

const MOST_DOMAINS = 100;

export function createDomain(world: World, account: Account, form: Form): Domain {
  const name = form["DomainName"] ?? "";
  if (!/^([a-z0-9-]+\.)+sip\.twilio\.com$/i.test(name)) throw rejected(21231, "Invalid Domain Name");
  if (account.domains.size >= MOST_DOMAINS) throw rejected(21230, "An account has at most 100 SIP domains");
  const taken = [...world.accounts.values()].some((other) =>
    [...other.domains.values()].some((domain) => domain.domain_name === name),
  );
  if (taken) throw rejected(21232, "Domain name is already in use");
  const domain = addDomain(world, account, {
    sid: newSid("SD"),
    domain_name: name,
    friendly_name: form["FriendlyName"] ?? name,
  });
  updateDomain(world, account, domain, form);
  return domain;
}

export function addDomain(
  world: World,
  account: Account,
  given: Partial<Domain> & { readonly sid: string; readonly domain_name: string },
): Domain {
  const now = world.now();
  const domain: Domain = {
    kind: "domain",
    accountSid: account.sid,
    friendly_name: given.domain_name,
    voice_url: "",
    emergency_calling_enabled: false,
    emergency_caller_sid: null,
    createdAt: now,
    updatedAt: now,
    ...given,
  };
  account.domains.set(domain.sid, domain);
  return domain;
}

export function updateDomain(world: World, account: Account, domain: Domain, form: Form): void {
  const { EmergencyCallingEnabled: enabled, EmergencyCallerSid: caller } = form;
  if (enabled === "true") checkEnabling(world, account);
  if (caller !== undefined && caller !== "") checkCaller(world, account, caller);
  if (enabled !== undefined) domain.emergency_calling_enabled = enabled === "true";
  if (caller !== undefined) domain.emergency_caller_sid = caller === "" ? null : caller;
  domain.friendly_name = form["FriendlyName"] ?? domain.friendly_name;
  domain.voice_url = form["VoiceUrl"] ?? domain.voice_url;
  domain.updatedAt = world.now();
}

function checkEnabling(world: World, account: Account): void {
  if (world.settings.enableWithoutNumbers === "accept") return;
  const any = [...account.numbers.values()].some((number) => protectedBy(number) !== null);
  if (!any) throw rejected(undefined, "No number of this account has a registered emergency address.");
}

function checkCaller(world: World, account: Account, sid: string): void {
  const number = account.numbers.get(sid);
  if (number === undefined) throw rejected(20404, `The number ${sid} was not found`);
  world.catchUp(number);
  if (protectedBy(number) !== null) return;
  world.violations.push({ at: world.now(), what: "emergency caller without a registered address", sid });
  if (world.settings.unregisteredCaller === "refuse")
    throw rejected(undefined, "The number has no registered emergency address.");
}
