import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const MODULE = fileURLToPath(new URL("small-heap.ts", import.meta.url));
const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

/** Much that lives for a while, as the objects of a cache do. Prints the largest young and whole heap, in MB. */
const SCRIPT = `
import { getHeapSpaceStatistics } from "node:v8";
let kept = [];
let young = 0;
let whole = 0;
for (let index = 0; index < 900_000; index += 1) {
  kept.push({ index, name: String(index) });
  if (kept.length > 200_000) kept = kept.slice(100_000);
  if (index % 10_000 !== 0) continue;
  young = Math.max(young, getHeapSpaceStatistics().find((space) => space.space_name === "new_space").space_size);
  whole = Math.max(whole, process.memoryUsage().heapTotal);
}
console.log(JSON.stringify({ young: young / 2 ** 20, whole: whole / 2 ** 20 }));`;

function grown(before: string): { readonly young: number; readonly whole: number; readonly said: string } {
  const args = ["--input-type=module", "--eval", `${before}${SCRIPT}`];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  return { ...(JSON.parse(stdout) as { young: number; whole: number }), said: stderr };
}

it("collects before the heap has grown to a multiple of what is alive", () => {
  const usual = grown("");
  const small = grown(`import { keepHeapSmall } from ${JSON.stringify(MODULE)}; keepHeapSmall();`);
  // A flag that V8 does not know is complained of, and changes nothing.
  expect(small.said).toBe("");
  expect(small.young).toBeLessThan(usual.young / 2);
  expect(small.whole).toBeLessThan(usual.whole * 0.75);
});

/** Prints each flag of V8 that is set by an operator whose kubeconfig is not there. */
const RUN = `
import v8 from "node:v8";
import { syncBuiltinESMExports } from "node:module";
v8.setFlagsFromString = (flag) => console.log(flag);
syncBuiltinESMExports();
const { run } = await import(${JSON.stringify(MAIN)});
await run({ kubeconfig: "/nowhere", logLevel: "fatal", logFormat: "json" }).catch(() => undefined);
process.exit();`;

it("is asked for by the operator before it does anything else", () => {
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", RUN], {
    encoding: "utf8",
  });
  expect(stdout).toContain("--heap-growing-percent");
});
