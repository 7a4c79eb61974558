/** The promises, as sentences about what the emulator and the operator processes have recorded of a case. */
import { gaps, mostAtOnce } from "../../demo/view.ts";
import type { Site } from "../stories/site.ts";
import { inWords } from "../stories/words.ts";
import type { Protection, RequestRecord } from "../support/emulator.ts";
import type { Trace } from "./trace.ts";

export interface Expected {
  /** How many numbers may be without protection at one time; undefined where others than the operator take it away. */
  readonly atMostUnprotected?: number;
  /** The number of a domain's caller is moved or unregistered with the consent of a person. */
  readonly callerMayMove?: boolean;
}

/** Every promise that was broken since the account was made. */
export async function brokenPromises(
  site: Site,
  trace: Trace,
  expected: Expected,
): Promise<readonly string[]> {
  const [records, { timeline }, account] = await Promise.all([
    site.control.requests(0, site.sid),
    site.control.timeline(),
    site.twilio(),
  ]);
  const sids = new Set(account.numbers.map(({ sid }) => sid));
  const ours = timeline.filter(({ numberSid }) => sids.has(numberSid));
  const effective = records.filter(({ effect, method }) => effect && method !== "GET");
  return [
    ...takenWithoutRecord(effective, ours, trace),
    ...twins(effective),
    ...refusedDeletions(records),
    ...never(effective),
    ...(expected.callerMayMove === true ? [] : lostCallers(effective, ours)),
    ...overBudget(ours, expected.atMostUnprotected),
  ];
}

/** S2: a disassociation that took protection away had its record and finalizer persisted before it was sent. */
function takenWithoutRecord(
  records: readonly RequestRecord[],
  timeline: readonly Protection[],
  { bare }: Trace,
): readonly string[] {
  return bare.flatMap(({ path, at, missing }) => {
    const record = records.find((one) => one.path === path && one.beganAt >= at);
    const took = record !== undefined && timeline.some((change) => isLossBy(record, change));
    return took ? [`S2: ${inWords(record)} without ${missing}`] : [];
  });
}

function isLossBy(record: RequestRecord, { numberSid, at, registeredAt }: Protection): boolean {
  const isThen = at >= record.beganAt && at <= record.endedAt;
  return isThen && registeredAt === null && record.path.includes(numberSid);
}

/** S3: no Address is created while another of the same tag lives. */
function twins(records: readonly RequestRecord[]): readonly string[] {
  const live = new Map<string, string>();
  const found: string[] = [];
  for (const record of records) {
    const words = inWords(record);
    const tag = record.form["FriendlyName"];
    if (words === "create" && tag !== undefined) {
      if ([...live.values()].includes(tag)) found.push(`S3: two live Addresses of ${tag}`);
      live.set(record.sid ?? "", tag);
    }
    if (words === "delete") live.delete(/AD[0-9a-f]{32}/.exec(record.path)?.[0] ?? "");
  }
  return found;
}

/** S5: Twilio itself refuses to delete an Address that a number uses; a careful client never finds that out. */
function refusedDeletions(records: readonly RequestRecord[]): readonly string[] {
  const refused = records.filter(
    (record) =>
      record.method === "DELETE" && record.fault === undefined && [400, 409].includes(record.status),
  );
  return refused.map((record) => `S5: Twilio refused to ${inWords(record)}: ${record.code}`);
}

/** S10: numbers stay, domains neither come nor go, Addresses are not edited. */
function never(records: readonly RequestRecord[]): readonly string[] {
  return records.flatMap(({ method, path }) => {
    const isAddress = /\/Addresses\/AD/.test(path);
    const isAllowed = isAddress ? method === "DELETE" : method === "POST" && !path.endsWith("/Domains.json");
    return isAllowed && !path.endsWith("/IncomingPhoneNumbers.json") ? [] : [`S10: ${method} ${path}`];
  });
}

/** S9: a number loses its protection by us only while no enabled domain has it as its caller. */
function lostCallers(records: readonly RequestRecord[], timeline: readonly Protection[]): readonly string[] {
  const domains = new Map<string, { isEnabled: boolean; caller: string }>();
  const found: string[] = [];
  for (const record of records) {
    const { path, form } = record;
    const domain = domains.get(path) ?? { isEnabled: false, caller: "" };
    if (form["EmergencyCallingEnabled"] !== undefined)
      domain.isEnabled = form["EmergencyCallingEnabled"] === "true";
    if (form["EmergencyCallerSid"] !== undefined) domain.caller = form["EmergencyCallerSid"];
    if (path.includes("/SIP/Domains/")) domains.set(path, domain);
    const lost = timeline.filter((change) => isLossBy(record, change)).map(({ numberSid }) => numberSid);
    const isCaller = [...domains.values()].some(
      ({ isEnabled, caller }) => isEnabled && lost.includes(caller),
    );
    if (isCaller) found.push(`S9: ${inWords(record)}, the caller of an enabled domain, without approval`);
  }
  return found;
}

function overBudget(timeline: readonly Protection[], atMost: number | undefined): readonly string[] {
  if (atMost === undefined) return [];
  const most = mostAtOnce(gaps(timeline, 0));
  return most > atMost ? [`Budget: ${most} numbers unprotected at one time, allowed are ${atMost}`] : [];
}
