/** The life of a number's emergency address: asynchronous, and with everything that can go wrong. */
import { isNumberOf } from "../lib/phone.ts";
import type { Form } from "./addresses.ts";
import { rejected } from "./errors.ts";
import { newSid, type Address, type PhoneNumber } from "./resources.ts";
import type { Account, World } from "./world.ts";

export function createNumber(world: World, account: Account, form: Form): PhoneNumber {
  const phoneNumber = form["PhoneNumber"];
  if (phoneNumber === undefined || !/^\+[1-9]\d{5,14}$/.test(phoneNumber))
    throw rejected(21421, "PhoneNumber is not a valid number");
  // EmergencyAddressSid is ignored at creation, as has been seen at Twilio.
  return addNumber(world, account, {
    sid: newSid("PN"),
    phone_number: phoneNumber,
    friendly_name: form["FriendlyName"] ?? phoneNumber,
    voice_url: form["VoiceUrl"] ?? "",
  });
}

export function addNumber(
  world: World,
  account: Account,
  given: Partial<PhoneNumber> & { readonly sid: string; readonly phone_number: string },
): PhoneNumber {
  const now = world.now();
  const number: PhoneNumber = {
    kind: "number",
    accountSid: account.sid,
    friendly_name: given.phone_number,
    voice_url: "",
    voice: true,
    address_sid: null,
    emergency_status: isSupported(given.phone_number) ? world.settings.initialStatus : "Inactive",
    emergency_address_sid: null,
    emergency_address_status: "unregistered",
    createdAt: now,
    updatedAt: now,
    ...given,
  };
  account.numbers.set(number.sid, number);
  if (number.emergency_address_status === "registered") {
    world.timeline.push({ numberSid: number.sid, at: now, registeredAt: number.emergency_address_sid });
  }
  return number;
}

function isSupported(phoneNumber: string): boolean {
  return (["US", "CA", "GB"] as const).some((country) => isNumberOf(country, phoneNumber) !== "no");
}

export function updateNumber(world: World, account: Account, number: PhoneNumber, form: Form): void {
  const sid = form["EmergencyAddressSid"];
  const status = form["EmergencyStatus"];
  if (sid !== undefined && status !== undefined) {
    world.violations.push({
      at: world.now(),
      what: "EmergencyStatus and EmergencyAddressSid in one request",
      sid: number.sid,
    });
  }
  if (sid !== undefined) setAddress(world, account, number, sid);
  if (status !== undefined) setStatus(world, number, status);
  if (form["AddressSid"] !== undefined)
    number.address_sid = form["AddressSid"] === "" ? null : form["AddressSid"];
  if (form["FriendlyName"] !== undefined) number.friendly_name = form["FriendlyName"];
  if (form["VoiceUrl"] !== undefined) number.voice_url = form["VoiceUrl"];
  number.updatedAt = world.now();
}

export function releaseNumber(world: World, account: Account, number: PhoneNumber): void {
  world.violations.push({ at: world.now(), what: "number released", sid: number.sid });
  if (number.emergency_address_sid !== null) {
    throw rejected(
      undefined,
      "Please remove the emergency address on this number before performing this action.",
    );
  }
  account.numbers.delete(number.sid);
}

function setAddress(world: World, account: Account, number: PhoneNumber, sid: string): void {
  const isPending = number.emergency_address_status?.startsWith("pending") === true;
  if (isPending && world.settings.whilePending === "refuse") {
    throw rejected(
      undefined,
      "The emergency address of this number cannot be changed while its status is pending.",
    );
  }
  if (sid === "") {
    disassociate(world, account, number);
    return;
  }
  const address = account.addresses.get(sid);
  if (address === undefined) throw rejected(20404, `The Address ${sid} was not found`);
  if (number.emergency_address_sid === sid && number.emergency_address_status === "registered") return;
  associate(world, number, address);
}

function associate(world: World, number: PhoneNumber, address: Address): void {
  const { settings } = world;
  if (number.emergency_address_status === "registered" && number.emergency_address_sid !== address.sid) {
    world.violations.push({ at: world.now(), what: "direct swap of a registered address", sid: number.sid });
    if (settings.directSwap === "refuse")
      throw rejected(undefined, "Remove the present emergency address before setting another one.");
  }
  if (!address.emergency_enabled) {
    if (settings.notEnabledAddress === "refuse")
      throw rejected(undefined, "The Address is not enabled for emergency use.");
    world.setSlot(number, { sid: address.sid, status: "unregistered" });
    return;
  }
  const isForeign = isNumberOf(address.iso_country as "US", number.phone_number) === "no";
  if (isForeign && settings.otherCountry === "refuse")
    throw rejected(undefined, "The Address is of another country than the number.");
  const fails = world.takeFailure("register", number, address) || isForeign;
  world.setSlot(number, { sid: address.sid, status: "pending-registration" });
  after(
    world,
    number,
    settings.registrationMsByCountry[address.iso_country] ?? settings.registrationMs,
    (at) => {
      if (!fails) world.setSlot(number, { sid: address.sid, status: "registered" }, at);
      else
        world.setSlot(
          number,
          { sid: settings.failureKeepsSid ? address.sid : null, status: "registration-failure" },
          at,
        );
    },
  );
}

function disassociate(world: World, account: Account, number: PhoneNumber): void {
  const { settings } = world;
  const sid = number.emergency_address_sid;
  const address = sid === null ? undefined : account.addresses.get(sid);
  if (sid === null && number.emergency_address_status !== "unregistration-failure") {
    world.setSlot(number, { sid: null, status: "unregistered" });
    return;
  }
  const wasRegistered = ["registered", "unregistration-failure"].includes(
    number.emergency_address_status ?? "",
  );
  if (!wasRegistered) {
    world.setSlot(number, { sid: null, status: "unregistered" });
    return;
  }
  const fails = world.takeFailure("unregister", number, address);
  world.setSlot(number, {
    sid: settings.sidClears === "atOnce" && !fails ? null : sid,
    status: "pending-unregistration",
  });
  after(world, number, settings.unregistrationMs, (at) => {
    world.setSlot(
      number,
      fails ? { sid, status: "unregistration-failure" } : { sid: null, status: "unregistered" },
      at,
    );
  });
}

function after(world: World, number: PhoneNumber, ms: number, settle: (at: number) => void): void {
  const at = world.now() + ms;
  number.due = { at, settle: () => settle(at) };
}

function setStatus(world: World, number: PhoneNumber, status: string): void {
  if (status !== "Active" && status !== "Inactive")
    throw rejected(20422, "EmergencyStatus must be Active or Inactive");
  if (world.settings.mode === "current") {
    world.warnings.push({ code: 22222, sid: number.sid, at: world.now() });
    return;
  }
  if (number.emergency_status === status) return;
  number.emergency_status = status === "Active" ? "Pending Activation" : "Pending Deactivation";
  number.statusDue = {
    at: world.now() + world.settings.statusMs,
    settle: () => {
      number.emergency_status = status;
    },
  };
}
