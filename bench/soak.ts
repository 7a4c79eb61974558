/** Faults and edits for as long as one likes: nothing grows, nothing is lost. */
import { pause } from "./load.ts";
import type { Operator } from "./operator.ts";
import { median, type Findings } from "./results.ts";
import { ACCOUNT_SID, numberSid, Scene } from "./scene.ts";
import type { Settings } from "./settings.ts";
import type { FaultRule } from "../test/support/emulator.ts";

const ROUND_MS = 2_000;

interface Sample {
  readonly memory: number;
  readonly handles: number;
}

export async function soak(settings: Settings): Promise<Findings> {
  const scene = await Scene.open(settings);
  try {
    const observer = await scene.observe();
    await scene.edit("TwilioAccount", "default", { spec: { maxUnprotected: 50 } });
    const operator = await scene.operator(["--sweep-interval", "10s", "--time-scale", "20"]);
    for (const index of [0, 1]) await scene.address(`a${index}`, `${index + 1} Main St`);
    await scene.api.each(settings.n, (index) => scene.binding(index, "a0"));
    await observer.untilReady(settings.n, 300_000);
    const samples = await rounds(scene, operator);
    await scene.emulator.control.removeFaults();
    await pause(30_000);
    const [early, late] = [samples.slice(0, samples.length / 4), samples.slice(-samples.length / 4)];
    const growth = (of: (sample: Sample) => number): number =>
      median(late.map(of)) / median(early.map(of)) - 1;
    return {
      time: [settings.soakSeconds, "s"],
      "memory growth": [growth(({ memory }) => memory), "ratio"],
      "handles growth": [growth(({ handles }) => handles), "ratio"],
      "memory at the end": [operator.residentMb(), "MB"],
      "keys waiting at the end": [await operator.metric("workqueue_depth"), "keys"],
      "bindings lost": [settings.n - observer.ready + (await misplaced(scene)), "bindings"],
    };
  } finally {
    await scene.close();
  }
}

/** One after the other, each for a round. */
const FAULTS: readonly FaultRule["action"][] = [
  { type: "answer", status: 429, code: 20429, headers: { "retry-after": "1" } },
  { type: "answer", status: 503 },
  { type: "cut", when: "before" },
  { type: "cut", when: "after" },
  { type: "truncate" },
  { type: "html", status: 502 },
  { type: "delay", ms: 700 },
  { type: "shrink", part: 0.5 },
];

async function rounds(scene: Scene, operator: Operator): Promise<readonly Sample[]> {
  const { n, soakSeconds } = scene.settings;
  const samples: Sample[] = [];
  const until = Date.now() + soakSeconds * 1000;
  for (let round = 0; Date.now() < until; round += 1) {
    const action = FAULTS[round % FAULTS.length] as FaultRule["action"];
    await scene.emulator.control.removeFaults();
    await scene.emulator.control.addFault({
      ...{ name: `round ${round}`, match: { path: "IncomingPhoneNumbers" }, times: 3, action },
    });
    await edits(scene, round, n);
    await pause(ROUND_MS);
    samples.push({ memory: operator.residentMb(), handles: operator.handles() });
  }
  return samples;
}

/** One number moves to the other address, another is edited at Twilio. */
async function edits(scene: Scene, round: number, n: number): Promise<void> {
  const address = `a${1 - (Math.floor(round / n) % 2)}`;
  await scene.edit("PhoneNumberBinding", `b${round % n}`, { spec: { addressRef: { name: address } } });
  const other = (round * 7 + 3) % n;
  await scene.emulator.control.edit(ACCOUNT_SID, numberSid(other), { friendly_name: `edited ${round}` });
}

/** Numbers that Twilio does not call registered at the end. */
async function misplaced(scene: Scene): Promise<number> {
  const { numbers } = await scene.emulator.control.account(ACCOUNT_SID);
  return numbers.filter((number) => number["emergency_address_status"] !== "registered").length;
}
