/** apply where it is interrupted or waits long. */
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../stories/eventually.ts";
import type { RequestRecord } from "../support/emulator.ts";
import { start } from "./program.ts";
import { Account, address, type Bench, manifest, openBench } from "./standalone.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
}, 60_000);
afterAll(() => bench.close());
beforeEach(() => bench.emulator.control.set({ registrationMs: 3_600_000 }).then(() => undefined));
afterEach(() => bench.emulator.control.set({ registrationMs: 200 }).then(() => undefined));

const TIMEOUT = 180_000;

const binding = (account: Account, index = 0, changes: object = {}): object =>
  manifest("PhoneNumberBinding", `desk${index}`, {
    phoneNumberSid: account.number(index),
    addressRef: { name: "hq" },
    ...changes,
  });

/** `apply --wait`, sent this signal once it has said that; its exit code and what it said. */
async function interrupted(
  account: Account,
  file: string,
  { after, signal = "SIGINT" }: { readonly after: string; readonly signal?: NodeJS.Signals },
): Promise<{ code: number | null; said: string }> {
  const child = start(["apply", "-f", file, "--wait"], { env: account.env });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await eventually(() => Promise.resolve(said.includes(after) ? true : undefined));
  child.kill(signal);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

async function finished(account: Account, file: string): Promise<void> {
  await bench.emulator.control.set({ registrationMs: 200 });
  await bench.emulator.control.settle();
  const again = await account.run(["apply", "-f", file, "--wait"]);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("2 of 2 settled") as string });
}

const creations = (records: readonly RequestRecord[]): number =>
  records.filter(({ path }) => path.endsWith("/Addresses.json")).length;

describe("apply, interrupted", () => {
  // SIGHUP: its terminal was closed.
  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "while Twilio registers, ends with 3, and goes on where it was: %s",
    { timeout: TIMEOUT },
    async (signal) => {
      const account = await Account.open(bench);
      const file = account.file([address("hq"), binding(account)]);
      const { code, said } = await interrupted(account, file, { after: "desk0: AssociateAddress", signal });
      expect(code).toBe(3);
      expect(said).toMatch(/1 of 2 settled after \d+ s\n/);
      await finished(account, file);
      expect(creations(await account.writes())).toBe(1);
    },
  );

  it(
    "in the middle of a change, says whose number is bare, and protects it again",
    { timeout: TIMEOUT },
    async () => {
      await bench.emulator.control.set({ registrationMs: 200 });
      const account = await Account.open(bench);
      const file = account.file([address("hq"), binding(account)]);
      expect((await account.run(["apply", "-f", file])).code).toBe(0);
      await bench.emulator.control.set({ registrationMs: 3_600_000 });
      const moved = account.file([address("hq", { street: "9 New St" }), binding(account)], "moved.yaml");
      const { code, said } = await interrupted(account, moved, { after: "desk0: DisassociateAddress" });
      expect(code).toBe(3);
      expect(said).toContain(
        "without protection in the middle of a change: desk0; run the same command again to finish it",
      );
      await finished(account, moved);
      const { numbers, addresses } = await bench.emulator.control.account(account.sid);
      const at = addresses.find(({ sid }) => sid === numbers[0]?.["emergency_address_sid"]);
      expect(at?.["street"]).toBe("9 New St");
      expect(creations(await account.writes())).toBe(2);
    },
  );
});

describe("apply, left by whoever read what it says", () => {
  it("finishes the change that it is in", { timeout: TIMEOUT }, async () => {
    await bench.emulator.control.set({ registrationMs: 200 });
    const account = await Account.open(bench);
    const file = account.file([address("hq"), binding(account)]);
    expect((await account.run(["apply", "-f", file])).code).toBe(0);
    const moved = account.file([address("hq", { street: "9 New St" }), binding(account)], "moved.yaml");
    const child = start(["apply", "-f", moved, "--wait"], { env: account.env });
    const ended = once(child, "exit");
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => (said += chunk.toString()));
    await eventually(() => Promise.resolve(said.includes("desk0: DisassociateAddress") ? true : undefined));
    child.stdout?.destroy();
    child.stderr?.destroy();
    const [code] = (await ended) as [number | null];
    const { numbers, addresses } = await bench.emulator.control.account(account.sid);
    const at = addresses.find(({ sid }) => sid === numbers[0]?.["emergency_address_sid"]);
    expect(numbers[0]?.["emergency_address_status"]).toBe("registered");
    expect(at?.["street"]).toBe("9 New St");
    expect(code).toBe(0);
  });
});

describe("apply --wait", () => {
  it("ends with 3 when its time is over", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench);
    const file = account.file([address("hq"), binding(account)]);
    const late = await account.run(["apply", "-f", file, "--wait", "--timeout", "2s"]);
    expect(late.code).toBe(3);
    await finished(account, file);
  });
});

describe("apply without --wait", () => {
  it("ends with 3 when time runs out, and finishes when it is run again", { timeout: TIMEOUT }, async () => {
    const account = await Account.open(bench, { numbers: 1 });
    const file = account.file([address("hq"), binding(account)]);
    await bench.emulator.control.set({ registrationMs: 200 });
    const stopped = await account.run(["apply", "-f", file, "--timeout", "0s"]);
    expect(stopped.code).toBe(3);
    const again = await account.run(["apply", "-f", file, "--timeout", "40s"]);
    expect(again.code).toBe(0);
    const created = (await account.writes()).filter(({ path }) => path.endsWith("/Addresses.json"));
    expect(created).toHaveLength(1);
  });
});
