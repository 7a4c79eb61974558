/** N bindings created at once; then the settled world: idle sweeps, a restart, one new binding among the others. */
import { bareRun, type Bare } from "./bare.ts";
import type { Observer } from "./observer.ts";
import type { Operator } from "./operator.ts";
import { median, quantile, type Findings } from "./results.ts";
import type { RequestRecord } from "../test/support/emulator.ts";
import { Scene } from "./scene.ts";
import type { Settings } from "./settings.ts";

const SHARED_ADDRESSES = 20;
/** Numbers that come to the account after the load, for the bindings that come one by one. */
const SPARE = 80;
const PATIENCE_MS = 600_000;

export async function load(settings: Settings): Promise<Findings> {
  const scene = await Scene.open(settings);
  try {
    const bare = await bareRun(scene);
    const observer = await scene.observe();
    const operator = await scene.operator();
    const loaded = await loadAll(scene, { observer, operator, bare });
    const own = settings.shape === "own";
    if (own) return loaded;
    return { ...loaded, ...(await settled(scene, { observer, operator })) };
  } finally {
    await scene.close();
  }
}

interface Loading {
  readonly observer: Observer;
  readonly operator: Operator;
  readonly bare: Bare;
}

async function loadAll(scene: Scene, { observer, operator, bare }: Loading): Promise<Findings> {
  const { n, shape, latencyMs, ceiling } = scene.settings;
  await untilListed(scene);
  const from = await scene.lastRequest();
  const cpuBefore = operator.cpuSeconds();
  const addresses = shape === "shared" ? Math.min(SHARED_ADDRESSES, n) : n;
  const began = Date.now();
  if (shape === "shared")
    await scene.api.each(addresses, (index) => scene.address(`a${index}`, `${index + 1} Main St`));
  await scene.api.each(n, async (index) => {
    if (shape === "own") await scene.address(`a${index}`, `${index + 1} Main St`);
    await scene.binding(index, `a${index % addresses}`);
  });
  const created = Date.now();
  await observer.untilReady(n, PATIENCE_MS);
  const ready = Date.now();
  const records = await scene.requests(from);
  const changes = observer.changes;
  const rampUp = rampUpSeconds(scene.settings);
  const bound =
    Math.max((records.length * latencyMs) / 1000 / ceiling, changes / bare.patchesPerSecond) + rampUp;
  return {
    "first created to all Ready": [(ready - began) / 1000, "s"],
    "bare run": [bare.seconds, "s"],
    "bare patch rate": [bare.patchesPerSecond, "1/s"],
    ...(shape === "shared"
      ? { "all Ready ÷ bare run": [(ready - began) / 1000 / bare.seconds, "ratio"] }
      : {}),
    "last created to all Ready": [(ready - created) / 1000, "s"],
    "last created to all Ready ÷ bound": [(ready - created) / 1000 / bound, "ratio"],
    "Twilio calls": [records.length, "calls"],
    "Twilio calls ÷ numbers": [records.length / n, "ratio"],
    "429 answers": [records.filter(({ status }) => status === 429).length, "calls"],
    "status patches per binding": [changes / n, "patches"],
    "CPU of the operator": [operator.cpuSeconds() - cpuBefore, "s"],
    "peak memory": [operator.peakMb(), "MB"],
  };
}

/** Registration, one polling interval, and what the first and the last status wait in the queue. */
function rampUpSeconds({ registrationMs, pollMs }: Settings): number {
  return (registrationMs + pollMs) / 1000 + 1;
}

async function untilListed(scene: Scene): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const records = await scene.requests(0);
    if (records.some(({ path }) => path.endsWith("/SIP/Domains.json"))) return;
    await pause(50);
  }
  throw new Error("the operator never listed the account");
}

interface Settled {
  readonly observer: Observer;
  readonly operator: Operator;
}

async function settled(scene: Scene, { observer, operator }: Settled): Promise<Findings> {
  await scene.addNumbers(scene.settings.n, SPARE);
  await pause(3_000);
  const oneNew = await newBindings(scene, observer, "one new binding to Ready");
  await operator.end();
  const restart = await restarted(scene, observer);
  const sweeping = await idle(scene, observer);
  return { ...oneNew, ...restart, ...sweeping };
}

/** Some bindings, one after the other, so that one stroke of luck does not decide. */
async function newBindings(scene: Scene, observer: Observer, name: string): Promise<Findings> {
  const { n } = scene.settings;
  const waits: number[] = [];
  for (let index = 0; index < 9; index += 1) {
    const began = Date.now();
    await scene.binding(n + index, "a0");
    await observer.untilReady(n + index + 1, 30_000);
    waits.push((Date.now() - began) / 1000);
    await pause(137);
  }
  return { [name]: [median(waits), "s"] };
}

/** From the start of the process to the moment when every object has been looked at after the first listing. */
async function restarted(scene: Scene, observer: Observer): Promise<Findings> {
  const from = await scene.lastRequest();
  const changesBefore = observer.changes;
  const operator = await scene.operator();
  const count = observer.seen.size;
  let observedAt = 0;
  while (observedAt === 0) {
    await pause(50);
    const passes = await operator.metric(
      "controller_runtime_reconcile_total",
      'controller="PhoneNumberBinding"',
    );
    const waiting = await operator.metric("workqueue_depth");
    if (passes >= count && waiting === 0) observedAt = Date.now();
    if (Date.now() - operator.startedAt > 120_000) throw new Error(`not observed: ${operator.log}`);
  }
  const seconds = (observedAt - operator.startedAt) / 1000;
  await pause(3_000);
  const calls = (await scene.requests(from)).length;
  const found: Findings = {
    "restart to all observed": [seconds, "s"],
    "restart Twilio calls": [calls, "calls"],
    "restart status patches": [observer.changes - changesBefore, "patches"],
    "restart peak memory": [operator.peakMb(), "MB"],
  };
  await operator.end();
  return found;
}

const IDLE_SWEEP_S = 2;

/** Sweeps far more often than anybody would, and what they cost; then new bindings among them. */
async function idle(scene: Scene, observer: Observer): Promise<Findings> {
  const operator = await scene.operator(["--sweep-interval", `${IDLE_SWEEP_S}s`]);
  await pause(6_000);
  const from = await scene.lastRequest();
  const changesBefore = observer.changes;
  const cpuBefore = operator.cpuSeconds();
  const began = Date.now();
  await pause(5 * IDLE_SWEEP_S * 1000);
  const seconds = (Date.now() - began) / 1000;
  const cpu = operator.cpuSeconds() - cpuBefore;
  const records = await scene.requests(from);
  const sweeps = sweepsOf(records);
  const changes = observer.changes - changesBefore;
  const looks = await firstLooks(scene, observer);
  await operator.end();
  // What a sweep costs, spread over the default interval of ten minutes.
  return {
    "idle calls per sweep": [sweeps.calls, "calls"],
    "idle writes": [records.filter(({ method }) => method !== "GET").length, "calls"],
    "idle status patches": [changes, "patches"],
    "CPU of a sweep": [cpu / sweeps.count, "s"],
    "idle CPU": [(cpu / sweeps.count / 600) * 100, "% of a core"],
    "idle CPU at a sweep every 2 s": [(cpu / seconds) * 100, "% of a core"],
    ...looks,
  };
}

/** Calls from the first listing of the domains to the last, over the sweeps between: what is cut off does not count. */
function sweepsOf(records: readonly RequestRecord[]): { readonly count: number; readonly calls: number } {
  const marks = records.flatMap(({ path }, index) => (path.endsWith("/SIP/Domains.json") ? [index] : []));
  const [first = 0, last = 0] = [marks[0], marks.at(-1)];
  const count = marks.length - 1;
  return { count: marks.length, calls: count > 0 ? (last - first) / count : Number.NaN };
}

/** From a binding's creation to the first write for its number, while the account is swept all the time. */
async function firstLooks(scene: Scene, observer: Observer): Promise<Findings> {
  const from = await scene.lastRequest();
  const first = observer.seen.size;
  const createdAt = new Map<string, number>();
  for (let index = 0; index < 60; index += 1) {
    const name = `PN${String(first + index).padStart(32, "0")}`;
    createdAt.set(name, Date.now());
    await scene.binding(first + index, `a${index % SHARED_ADDRESSES}`);
    await pause(83);
  }
  await observer.untilReady(first + 60, 60_000);
  return {
    "first look during sweeps p99": [quantile(waitsOf(await scene.requests(from), createdAt), 0.99), "s"],
  };
}

/** Seconds from the creation of each binding to the first request for its number. */
export function waitsOf(
  records: readonly { readonly path: string; readonly beganAt: number }[],
  createdAt: ReadonlyMap<string, number>,
): readonly number[] {
  return [...createdAt].map(([sid, at]) => {
    const first = records.find(({ path }) => path.includes(sid));
    return first === undefined ? Number.POSITIVE_INFINITY : (first.beganAt - at) / 1000;
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
