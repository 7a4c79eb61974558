/** Requests to Twilio as a story tells them. */
import type { RequestRecord } from "../support/emulator.ts";

/** `create`, `associate 0`, `disassociate 0`, `delete`, `enable`, `set caller`, … */
export function inWords(record: RequestRecord): string {
  const { method, path } = record;
  if (path.endsWith("/Addresses.json")) return "create";
  if (path.includes("/Addresses/")) return method === "DELETE" ? "delete" : "update address";
  return path.includes("/IncomingPhoneNumbers/") ? toNumber(record) : toDomain(record);
}

function toNumber({ path, form }: RequestRecord): string {
  const index = Number(/(\d{3})\.json$/.exec(path)?.[1] ?? 0);
  if (form["EmergencyStatus"] !== undefined) return `ask ${form["EmergencyStatus"]} ${index}`;
  return `${form["EmergencyAddressSid"] === "" ? "disassociate" : "associate"} ${index}`;
}

function toDomain({ form }: RequestRecord): string {
  if (form["EmergencyCallingEnabled"] !== undefined)
    return form["EmergencyCallingEnabled"] === "true" ? "enable" : "disable";
  return form["EmergencyCallerSid"] === "" ? "clear caller" : "set caller";
}
