/** What a person sees on a terminal, and what a log gets instead. */
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Account, address, type Bench, manifest, openBench } from "./standalone.ts";
import { readUntil, startOnTerminal } from "./terminal.ts";

let bench: Bench;
let account: Account;
let file: string;
beforeAll(async () => {
  bench = await openBench();
  account = await Account.open(bench);
  const spec = { phoneNumberSid: account.number(), addressRef: { name: "hq" } };
  file = account.file([address("hq"), manifest("PhoneNumberBinding", "desk", spec)]);
}, 60_000);
afterAll(() => bench.close());

const ESCAPE = "\u001B";
const COLOUR = `${ESCAPE}[`;

async function planOnTerminal(columns: number, env: Readonly<Record<string, string>>): Promise<string> {
  return readUntil(startOnTerminal(["plan", "-f", file], { columns, env: { ...account.env, ...env } }));
}

describe("plan", { timeout: 60_000 }, () => {
  it("has colours on a terminal, and the same words without", async () => {
    const [coloured, plain] = [await planOnTerminal(80, {}), await planOnTerminal(80, { NO_COLOR: "1" })];
    expect(coloured).toContain(COLOUR);
    expect(plain).not.toContain(ESCAPE);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it("says the same in a log as on the widest terminal", async () => {
    const { stdout } = await account.run(["plan", "-f", file]);
    expect(stdout).not.toContain(ESCAPE);
    expect((await planOnTerminal(200, { NO_COLOR: "1" })).replaceAll("\r\n", "\n")).toBe(stdout);
  });
});

describe("import", { timeout: 60_000 }, () => {
  it("draws how many numbers it has read, and leaves no trace of that", async () => {
    const large = await Account.open(bench, { numbers: 3_500 });
    await bench.emulator.control.set({ latencyMs: 600 });
    const said = await readUntil(startOnTerminal(["import"], { columns: 80, env: large.env }));
    await bench.emulator.control.set({ latencyMs: 0 });
    const drawn = said.split(`\r${COLOUR}K`);
    expect(drawn[1]).toMatch(/^reading the account: \d000 numbers so far$/);
    expect(drawn.at(-1)).toContain("0 of 3500 numbers at 0 addresses");
    expect(drawn.at(-1)).not.toContain("reading the account");
  });
});

describe("apply --wait", { timeout: 120_000 }, () => {
  it("draws one line of progress anew, never wider than the terminal", async () => {
    await bench.emulator.control.set({ registrationMs: 3_600_000 });
    const env = { ...account.env, NO_COLOR: "1" };
    const narrow = startOnTerminal(["apply", "-f", file, "--wait"], { columns: 40, env });
    const drawn = `\r${COLOUR}K`;
    const said = await readUntil(narrow, (text) => text.split(drawn).length > 3);
    const lines = said
      .split(drawn)
      .slice(1)
      .map((line) => line.split("\r\n")[0] ?? "");
    expect(lines).toContainEqual(expect.stringMatching(/^1 of 2 settled after \d s; 1 PendingRegi/));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40);
    narrow.kill("SIGKILL");

    const wide = startOnTerminal(["apply", "-f", file, "--wait"], { columns: 200, env });
    const gone = once(wide, "exit");
    const full = await readUntil(wide, (text) => text.includes("GB 72 h"));
    expect(full).toContain("1 PendingRegistration (Twilio: up to 30 min, GB 72 h)");
    wide.kill("SIGKILL");
    await gone;
  });

  it("writes lines and no control characters into a log, and ends with the count", async () => {
    await bench.emulator.control.set({ registrationMs: 200 });
    await bench.emulator.control.settle();
    const { stderr, code } = await account.run(["apply", "-f", file, "--wait"]);
    expect(code).toBe(0);
    expect(stderr).not.toContain(ESCAPE);
    expect(stderr).not.toContain("\r");
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(/^2 of 2 settled after \d+ s$/);
  });
});
