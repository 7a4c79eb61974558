/** An emulator inside the test process, with one account, and requests to it as the account. */
import { startEmulator, type RunningEmulator } from "../../src/emulator/server.ts";
import { systemClock } from "../../src/runtime/system-clock.ts";
import { EmulatorControl, type Settings, type TwilioJson } from "../support/emulator.ts";

export const ACCOUNT = `AC${"1".repeat(32)}`;
export const TOKEN = "token-of-the-test";
export const NUMBER = `PN${"2".repeat(32)}`;
export const STANDARD_KEY = `SK${"5".repeat(32)}`;
export const DOMAIN = `SD${"3".repeat(32)}`;

export interface Reply {
  readonly status: number;
  readonly body: TwilioJson & { readonly code?: number; readonly message?: string };
  readonly headers: Headers;
}

export interface Running {
  readonly emulator: RunningEmulator;
  readonly control: EmulatorControl;
  /** `path` is what follows the account, such as `/Addresses.json`. */
  get(path: string, auth?: string): Promise<Reply>;
  post(path: string, form: Readonly<Record<string, string>>): Promise<Reply>;
  remove(path: string): Promise<Reply>;
  stop(): Promise<void>;
}

export const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

export async function run(settings: Partial<Settings> = {}): Promise<Running> {
  const emulator = await startEmulator({
    clock: systemClock(),
    settings: { registrationMs: 60_000, unregistrationMs: 60_000, ...settings },
  });
  const control = new EmulatorControl(emulator.url);
  await control.addAccount({
    sid: ACCOUNT,
    authToken: TOKEN,
    apiKeys: [
      { sid: `SK${"4".repeat(32)}`, secret: "secret-of-the-key" },
      { sid: STANDARD_KEY, secret: "secret-of-the-key", type: "standard" },
    ],
    numbers: [{ sid: NUMBER, phone_number: "+14155550100" }],
    domains: [{ sid: DOMAIN, domain_name: "test.sip.twilio.com" }],
  });
  const send = async (
    method: string,
    path: string,
    more: { readonly form?: Readonly<Record<string, string>>; readonly auth?: string } = {},
  ): Promise<Reply> => {
    const response = await fetch(`${emulator.url}/2010-04-01/Accounts/${ACCOUNT}${path}`, {
      method,
      headers: { authorization: more.auth ?? basic(ACCOUNT, TOKEN) },
      ...(more.form === undefined ? {} : { body: new URLSearchParams(more.form) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === "" ? {} : JSON.parse(text)) as Reply["body"],
      headers: response.headers,
    };
  };
  return {
    emulator,
    control,
    get: (path, auth) => send("GET", path, auth === undefined ? {} : { auth }),
    post: (path, form) => send("POST", path, { form }),
    remove: (path) => send("DELETE", path),
    stop: () => emulator.stop(),
  };
}

export const OFFICE = {
  CustomerName: "Acme",
  Street: "1 Main St",
  City: "San Francisco",
  Region: "CA",
  PostalCode: "94105",
  IsoCountry: "US",
  EmergencyEnabled: "true",
  AutoCorrectAddress: "false",
};
