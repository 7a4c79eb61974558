import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const MODULE = fileURLToPath(new URL("small-heap.ts", import.meta.url));

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
