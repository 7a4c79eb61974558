/** An emulator with one account, and the program beside it: what `plan`, `apply` and their like are tried with. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { API_VERSION, type Kind } from "../../src/api/names.ts";
import { type EmulatorProcess, type RequestRecord, startEmulatorProcess } from "../support/emulator.ts";
import { type Ended, program } from "./program.ts";

export const TOKEN = "a-token-for-tests";

export interface Bench {
  readonly emulator: EmulatorProcess;
  readonly folder: string;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const emulator = await startEmulatorProcess();
  await emulator.control.set({
    registrationMs: 200,
    unregistrationMs: 200,
    registrationMsByCountry: {},
    latencyMs: 0,
  });
  const folder = mkdtempSync(join(tmpdir(), "twilio-emergency-cli-"));
  return {
    emulator,
    folder,
    close: async () => {
      rmSync(folder, { recursive: true, force: true });
      await emulator.stop();
    },
  };
}

let accounts = 0;

/** An account of its own at the bench's emulator. */
export class Account {
  readonly bench: Bench;
  readonly sid: string;

  private constructor(bench: Bench, sid: string) {
    this.bench = bench;
    this.sid = sid;
  }

  /** Numbers and domains by their count, or as Twilio would show them. */
  static async open(
    bench: Bench,
    { numbers = 1, domains = 0, addresses = [] }: AccountData = {},
  ): Promise<Account> {
    accounts += 1;
    const sid = `AC${String(accounts).padStart(32, "0")}`;
    const account = new Account(bench, sid);
    await bench.emulator.control.addAccount({
      sid,
      authToken: TOKEN,
      addresses,
      numbers: all(numbers, (index) => ({ sid: account.number(index), phone_number: account.phone(index) })),
      domains: all(domains, (index) => ({
        sid: account.domain(index),
        domain_name: `${sid.toLowerCase()}-${index}.sip.twilio.com`,
      })),
    });
    return account;
  }

  number(index = 0): string {
    return `PN${this.sid.slice(-16)}${String(index).padStart(16, "0")}`;
  }

  domain(index = 0): string {
    return `SD${this.sid.slice(-16)}${String(index).padStart(16, "0")}`;
  }

  phone(index = 0): string {
    return `+1303555${String(1000 + index)}`;
  }

  get env(): Readonly<Record<string, string>> {
    return {
      TWILIO_ACCOUNT_SID: this.sid,
      TWILIO_AUTH_TOKEN: TOKEN,
      TWILIO_BASE_URL: this.bench.emulator.url,
      TWILIO_EMERGENCY_PENDING_POLL_INTERVAL: "100ms",
    };
  }

  /** The program with this account's credentials in its environment. */
  run(args: readonly string[], input?: string): Promise<Ended> {
    return program(args, { env: this.env, ...(input === undefined ? {} : { input }) });
  }

  /** A file with these manifests; its path. */
  file(objects: readonly object[], name = "manifests.yaml"): string {
    const path = join(this.bench.folder, `${this.sid}-${name}`);
    writeFileSync(path, objects.map((object) => stringify(object)).join("---\n"));
    return path;
  }

  writes(since = 0): Promise<readonly RequestRecord[]> {
    return this.bench.emulator.control.writes(this.sid, since);
  }
}

function all(given: number | readonly object[], make: (index: number) => object): readonly object[] {
  return typeof given === "number" ? Array.from({ length: given }, (_, index) => make(index)) : given;
}

export interface AccountData {
  readonly numbers?: number | readonly object[];
  readonly domains?: number | readonly object[];
  readonly addresses?: readonly object[];
}

export function manifest(kind: Kind, name: string, spec: object): object {
  return { apiVersion: API_VERSION, kind, metadata: { name }, spec };
}

export const address = (name: string, changes: object = {}): object =>
  manifest("EmergencyAddress", name, {
    customerName: "Acme",
    street: "1 Main St",
    city: "Denver",
    region: "CO",
    postalCode: "80202",
    isoCountry: "US",
    ...changes,
  });
