import { setImmediate as endOfTurn } from "node:timers/promises";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { ByTurns } from "./by-turns.ts";

it("writes the lines of a turn at once, in their order", async () => {
  const written: string[] = [];
  const sink = new ByTurns({ write: (text) => void written.push(text) });
  sink.write("one\n");
  await Promise.resolve();
  sink.write("two\n");
  expect(written).toEqual([]);
  await endOfTurn();
  expect(written).toEqual(["one\ntwo\n"]);
  sink.write("three\n");
  await endOfTurn();
  await endOfTurn();
  expect(written).toEqual(["one\ntwo\n", "three\n"]);
});

it.each([
  ["an exit", "process.exit(3);"],
  ["an error that nobody catches", "throw new Error('lost');"],
])("loses no line to %s", (_, end) => {
  const log = fileURLToPath(new URL("log.ts", import.meta.url));
  const script = `
    import { createLogger } from ${JSON.stringify(log)};
    const log = createLogger({ level: "info", format: "json" });
    for (let line = 0; line < 1000; line += 1) log.info({ line }, "said");
    ${end}`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
  });
  const lines = stdout.trimEnd().split("\n");
  expect(lines).toHaveLength(1000);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ line: 999, msg: "said" });
});
