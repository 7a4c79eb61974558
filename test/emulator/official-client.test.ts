/** Twilio's own client as a witness from outside: what works with it here should work with Twilio. */
import twilio from "twilio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCOUNT, DOMAIN, NUMBER, run, TOKEN, type Running } from "./running.ts";

let emulator: Running;
let account: ReturnType<twilio.Twilio["api"]["v2010"]["accounts"]>;

beforeAll(async () => {
  emulator = await run({ registrationMs: 0, unregistrationMs: 0 });
  const client = twilio(ACCOUNT, TOKEN);
  client.api.baseUrl = emulator.emulator.url;
  account = client.api.v2010.accounts(ACCOUNT);
});

afterAll(() => emulator.stop());

const office = {
  customerName: "Acme",
  street: "1 Main St",
  city: "San Francisco",
  region: "CA",
  postalCode: "94105",
  isoCountry: "US",
  emergencyEnabled: true,
};

it("creates, fetches, finds, updates and removes an Address", async () => {
  const made = await account.addresses.create({ ...office, friendlyName: "witness" });
  expect(made.sid).toMatch(/^AD[0-9a-f]{32}$/);
  expect(made.dateCreated).toBeInstanceOf(Date);
  const found = await account.addresses.list({ friendlyName: "witness", pageSize: 1000 });
  expect(found.map((address) => address.sid)).toEqual([made.sid]);
  const updated = await account.addresses(made.sid).update({ street: "2 Main St" });
  expect(updated.street).toBe("2 Main St");
  expect(await account.addresses(made.sid).remove()).toBe(true);
  await expect(account.addresses(made.sid).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
});

it("lists across pages, every row once", async () => {
  const count = 7;
  for (let i = 0; i < count; i += 1) await account.addresses.create({ ...office, friendlyName: `page ${i}` });
  const rows = await account.addresses.list({ pageSize: 3 });
  expect(new Set(rows.map((row) => row.sid)).size).toBe(rows.length);
  expect(rows.filter((row) => row.friendlyName.startsWith("page "))).toHaveLength(count);
});

it("sets and clears the emergency address of a number", async () => {
  const address = await account.addresses.create(office);
  const number = account.incomingPhoneNumbers(NUMBER);
  await number.update({ emergencyAddressSid: address.sid });
  expect(await number.fetch()).toMatchObject({
    emergencyAddressSid: address.sid,
    emergencyAddressStatus: "registered",
    emergencyStatus: "Active",
  });
  await expect(account.addresses(address.sid).remove()).rejects.toMatchObject({ status: 400, code: 21625 });
  await number.update({ emergencyAddressSid: "" });
  expect(await number.fetch()).toMatchObject({
    emergencyAddressSid: null,
    emergencyAddressStatus: "unregistered",
  });
});

it("switches a SIP domain and its caller", async () => {
  const domain = account.sip.domains(DOMAIN);
  expect(await domain.update({ emergencyCallingEnabled: true, emergencyCallerSid: NUMBER })).toMatchObject({
    emergencyCallingEnabled: true,
    emergencyCallerSid: NUMBER,
  });
  expect(await domain.update({ emergencyCallerSid: "" })).toMatchObject({ emergencyCallerSid: null });
});

it("gets errors as exceptions with Twilio's code", async () => {
  await expect(account.addresses.create({ ...office, street: "1 Nowhere Lane" })).rejects.toMatchObject({
    status: 400,
    code: 21628,
  });
});
