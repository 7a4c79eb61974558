/** The emulator's control API, typed, for tests and the demo; and the emulator as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { FaultRule } from "../../src/emulator/faults.ts";
import type { RequestRecord } from "../../src/emulator/record.ts";
import type { Settings } from "../../src/emulator/settings.ts";
import type { Protection, Violation } from "../../src/emulator/world.ts";
import { Children } from "./control-plane/children.ts";

export type { FaultRule, Protection, RequestRecord, Settings, Violation };

/** A resource in Twilio's JSON. */
export type TwilioJson = Readonly<Record<string, unknown>> & { readonly sid: string };

export interface AccountState {
  readonly sid: string;
  readonly addresses: readonly TwilioJson[];
  readonly numbers: readonly TwilioJson[];
  readonly domains: readonly TwilioJson[];
}

export class EmulatorControl {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  set(settings: Partial<Settings>): Promise<Settings> {
    return this.#json("PATCH", "/settings", settings);
  }

  addFault(rule: FaultRule): Promise<unknown> {
    return this.#json("POST", "/faults", rule);
  }

  /** All, or those of a name. */
  removeFaults(name?: string): Promise<unknown> {
    return this.#json("DELETE", `/faults${name === undefined ? "" : `?name=${encodeURIComponent(name)}`}`);
  }

  /** Puts Twilio's clock forward. */
  advance(ms: number): Promise<unknown> {
    return this.#json("POST", "/advance", { ms });
  }

  /** Every pending state ends now. */
  settle(): Promise<unknown> {
    return this.#json("POST", "/settle");
  }

  /** Those after this id, of one account where it is named. */
  requests(since = 0, accountSid?: string): Promise<readonly RequestRecord[]> {
    const account = accountSid === undefined ? "" : `&accountSid=${accountSid}`;
    return this.#json("GET", `/requests?since=${since}${account}`);
  }

  /** Requests that changed something, or tried to. */
  async writes(accountSid: string, since = 0): Promise<readonly RequestRecord[]> {
    const records = await this.requests(since, accountSid);
    return records.filter((record) => record.method !== "GET");
  }

  timeline(): Promise<{
    readonly timeline: readonly Protection[];
    readonly violations: readonly Violation[];
    readonly warnings: readonly { readonly code: number; readonly sid: string }[];
  }> {
    return this.#json("GET", "/timeline");
  }

  addAccount(account: object): Promise<unknown> {
    return this.#json("POST", "/accounts", account);
  }

  account(sid: string): Promise<AccountState> {
    return this.#json("GET", `/accounts/${sid}`);
  }

  setAccount(
    sid: string,
    patch: { readonly authToken?: string; readonly suspended?: boolean },
  ): Promise<unknown> {
    return this.#json("PATCH", `/accounts/${sid}`, patch);
  }

  /** As somebody in the Console would, past all rules; `new-number` and `new-domain` add one. */
  edit(accountSid: string, resourceSid: string, fields: object): Promise<TwilioJson> {
    return this.#json("PATCH", `/accounts/${accountSid}/${resourceSid}`, fields);
  }

  remove(accountSid: string, resourceSid: string): Promise<unknown> {
    return this.#json("DELETE", `/accounts/${accountSid}/${resourceSid}`);
  }

  /** Calls for each request as it happens, until the signal is aborted. */
  async watch(onRequest: (record: RequestRecord) => void, signal: AbortSignal): Promise<void> {
    const response = await fetch(`${this.url}/_emulator/requests/stream`, { signal });
    let rest = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = `${rest}${chunk}`.split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) onRequest(JSON.parse(event.replace(/^data: /, "")) as RequestRecord);
    }
  }

  async #json<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}/_emulator${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const json = (await response.json()) as T;
    if (!response.ok) throw new Error(`emulator: ${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  }
}

export interface EmulatorProcess {
  readonly control: EmulatorControl;
  readonly url: string;
  stop(): Promise<void>;
}

const emulators = new Children(undefined);

const CLI = fileURLToPath(new URL("../../src/cli.ts", import.meta.url));

/** `twilio-emergency emulate` as a process of its own, ended with this one. */
export async function startEmulatorProcess(args: readonly string[] = []): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [CLI, "emulate", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  emulators.adopt(child);
  // Not inherited: an emulator that is left behind would keep the output of the test runner open for ever.
  child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  const [first] = (await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the emulator ended with code ${String(code)}`);
    }),
  ])) as [Buffer];
  const { listening } = JSON.parse(first.toString()) as { readonly listening: string };
  return {
    control: new EmulatorControl(listening),
    url: listening,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}
