/** Twilio allows a tenth of what it did, in the middle of a load: how much of the new limit is used, and how many 429s. */
import type { RequestRecord } from "../test/support/emulator.ts";
import { pause } from "./load.ts";
import type { Findings } from "./results.ts";
import { Scene } from "./scene.ts";
import type { Settings } from "./settings.ts";

/** More calls than the new limit lets through in the time that is looked at. */
const BINDINGS = 3_000;
const LIMIT = 3;
/** After the fall, in ms: from here to there the limit is to be settled. */
const WINDOW = { from: 5_000, to: 25_000 } as const;

export async function storm(settings: Settings): Promise<Findings> {
  const scene = await Scene.open({ ...settings, n: BINDINGS });
  try {
    const observer = await scene.observe();
    await scene.operator();
    await scene.address("a0", "1 Main St");
    const created = scene.api.each(BINDINGS, (index) => scene.binding(index, "a0"));
    await untilBegun(scene);
    const before = await scene.lastRequest();
    await scene.emulator.control.set({ concurrencyLimit: LIMIT });
    const fellAt = Date.now();
    await pause(WINDOW.to);
    const records = await scene.requests(before);
    await scene.emulator.control.set({ concurrencyLimit: settings.ceiling });
    await created;
    await observer.untilReady(BINDINGS, 300_000);
    return { ...inStorm(records, fellAt), "bindings lost": [BINDINGS - observer.ready, "bindings"] };
  } finally {
    await scene.close();
  }
}

/** A tenth of the writes are made: statuses come so much later that the writes might be over. */
async function untilBegun(scene: Scene): Promise<void> {
  const writes = async (): Promise<number> =>
    (await scene.requests(0)).filter(({ method }) => method === "POST").length;
  while ((await writes()) < BINDINGS / 10) await pause(20);
}

function inStorm(records: readonly RequestRecord[], fellAt: number): Findings {
  const [from, to] = [fellAt + WINDOW.from, fellAt + WINDOW.to];
  const good = records.filter(({ status }) => status !== 429);
  const used = good.reduce(
    (sum, { beganAt, endedAt }) => sum + Math.max(0, Math.min(endedAt, to) - Math.max(beganAt, from)),
    0,
  );
  const throttled = records.length - good.length;
  return {
    "calls in the storm": [records.length, "calls"],
    "429 answers": [throttled, "calls"],
    "429 answers ÷ calls": [throttled / records.length, "ratio"],
    "limit left unused": [1 - used / (LIMIT * (to - from)), "ratio"],
  };
}
