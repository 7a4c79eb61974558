/**
 * A changed address moves over 200 numbers, five at a time: how long they are without protection, next to what Twilio's
 * own times make unavoidable, and how soon new bindings are looked at meanwhile.
 */
import type { Protection } from "../test/support/emulator.ts";
import { pause, waitsOf } from "./load.ts";
import { quantile, type Findings } from "./results.ts";
import { numberSid, Scene } from "./scene.ts";
import type { Settings } from "./settings.ts";

const NUMBERS = 200;
const AT_A_TIME = 5;
/** What registering and unregistering take each, in ms. */
const TAKES_MS = 3_000;
/** Bindings that are made meanwhile, one a second. */
const NEW = 60;

export async function rollout(settings: Settings): Promise<Findings> {
  const scene = await Scene.open({ ...settings, n: NUMBERS + NEW });
  try {
    const observer = await scene.observe();
    await scene.edit("TwilioAccount", "default", { spec: { maxUnprotected: AT_A_TIME } });
    await scene.operator();
    await scene.address("a0", "1 Main St");
    await scene.address("a1", "2 Main St");
    await scene.api.each(NUMBERS, (index) => scene.binding(index, "a0"));
    await observer.untilReady(NUMBERS, 120_000);
    await scene.emulator.control.set({ registrationMs: TAKES_MS, unregistrationMs: TAKES_MS });
    await pause(3_000);
    const before = await scene.lastRequest();
    const began = Date.now();
    await scene.edit("EmergencyAddress", "a0", { spec: { street: "3 Main St" } });
    const createdAt = await newBindings(scene);
    await untilMoved(scene, began);
    const seconds = (Date.now() - began) / 1000;
    const { timeline } = await scene.emulator.control.timeline();
    const records = await scene.requests(before);
    return {
      ...unprotected(timeline, began),
      "roll-out": [seconds, "s"],
      "Twilio calls per number": [records.filter(isOfRollout).length / NUMBERS, "calls"],
      "first look during roll-out p99": [quantile(waitsOf(records, createdAt), 0.99), "s"],
    };
  } finally {
    await scene.close();
  }
}

function isOfRollout({ path }: { readonly path: string }): boolean {
  const index = Number(/\/PN0*(\d+)\.json$/.exec(path)?.[1] ?? NUMBERS);
  return index < NUMBERS;
}

async function newBindings(scene: Scene): Promise<ReadonlyMap<string, number>> {
  const createdAt = new Map<string, number>();
  for (let index = NUMBERS; index < NUMBERS + NEW; index += 1) {
    createdAt.set(numberSid(index), Date.now());
    await scene.binding(index, "a1");
    await pause(1_000);
  }
  return createdAt;
}

/** Every number is registered, at another Address than before. */
async function untilMoved(scene: Scene, began: number): Promise<void> {
  for (;;) {
    const { timeline } = await scene.emulator.control.timeline();
    const moved = timeline.filter(({ at, registeredAt }) => at > began && registeredAt !== null);
    const sids = new Set(moved.map(({ numberSid: sid }) => sid));
    if (Array.from({ length: NUMBERS }, (_, index) => numberSid(index)).every((sid) => sids.has(sid))) return;
    if (Date.now() - began > 900_000) throw new Error("the roll-out does not end");
    await pause(1_000);
  }
}

function unprotected(timeline: readonly Protection[], began: number): Findings {
  const lostAt = new Map<string, number>();
  let total = 0;
  let most = 0;
  for (const { numberSid: sid, at, registeredAt } of timeline.toSorted((a, b) => a.at - b.at)) {
    if (at < began) continue;
    if (registeredAt === null) lostAt.set(sid, at);
    else {
      total += (at - (lostAt.get(sid) ?? at)) / 1000;
      lostAt.delete(sid);
    }
    most = Math.max(most, lostAt.size);
  }
  const unavoidable = (NUMBERS * 2 * TAKES_MS) / 1000;
  return {
    "unprotected number-seconds": [total, "s"],
    "unprotected seconds ÷ unavoidable": [total / unavoidable, "ratio"],
    "most unprotected at a time": [most, "numbers"],
  };
}
