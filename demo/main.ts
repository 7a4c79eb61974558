/**
 * `npm start`: a real API server, an emulated Twilio and the operator, in three acts. `--once` ends after the last one:
 * 0 if everything settled, 1 with the reason if not. `--playground` plays nothing: the namespace is empty and yours.
 */
import "../scripts/node-version.mjs";
import { join } from "node:path";
import { ANNOTATION } from "../src/api/names.ts";
import type { EmergencyAddress, PhoneNumberBinding } from "../src/api/objects.ts";
import { openScreen, type Screen } from "./screen.ts";
import { NAMESPACE, openStage, ROOT, type DemoStage } from "./stage.ts";
import { callLine, gaps, mostAtOnce, shortSids, stateOf } from "./view.ts";
import { isCurrent, Watch } from "./watch.ts";

interface Demo {
  readonly stage: DemoStage;
  readonly screen: Screen;
  readonly watch: Watch;
}

async function main(): Promise<void> {
  const startedAt = Date.now();
  const screen = openScreen(process.stdout);
  const stage = await openStage((text) => screen.say(text));
  const watch = new Watch(stage.plane, screen);
  const calls = new AbortController();
  const following = stage.emulator.control
    .watch((record) => screen.call(callLine(record, startedAt)), calls.signal)
    .catch(() => undefined);
  const watching = watch.run();
  const close = async (): Promise<void> => {
    watch.stop();
    calls.abort();
    await Promise.all([watching, following]);
    screen.close();
    await stage.close();
  };
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  const isPlayground = process.argv.includes("--playground");
  try {
    if (isPlayground) {
      screen.say(hints(stage));
      await interrupted;
      return;
    }
    const isPlayed = await Promise.race([
      play({ stage, screen, watch }).then(() => true),
      interrupted.then(() => false),
    ]);
    if (!isPlayed) return;
    screen.say(`All settled after ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
    if (!process.argv.includes("--once")) {
      screen.say(hints(stage));
      await interrupted;
    }
  } finally {
    await close();
  }
}

async function play(demo: Demo): Promise<void> {
  await register(demo);
  await correct(demo);
  await move(demo);
}

/** Act one: manifests in, registered numbers out. One address is not as Twilio knows it. */
async function register({ stage, screen, watch }: Demo): Promise<void> {
  screen.say(`kubectl apply -n ${NAMESPACE} -f examples/company`);
  await stage.kubectl("apply", "-n", NAMESPACE, "-f", join(ROOT, "examples/company"));
  const workshop = (): EmergencyAddress | undefined =>
    watch.find("EmergencyAddress", "san-francisco-workshop") as EmergencyAddress | undefined;
  await watch.until(
    "Twilio's suggestion for the workshop",
    () => workshop()?.status?.suggestedAddress !== undefined,
  );
  const waiting = new Set(["san-francisco-workshop", "workshop-floor", "workshop-office"]);
  await watch.until("all but the workshop to be Ready", () =>
    watch.objects.every((object) => waiting.has(object.metadata.name) || stateOf(object).ready === "True"),
  );
}

/** Act two: the suggestion is in the status; a person puts it into the spec. */
async function correct({ stage, screen, watch }: Demo): Promise<void> {
  const workshop = watch.find("EmergencyAddress", "san-francisco-workshop") as EmergencyAddress | undefined;
  const street = workshop?.status?.suggestedAddress?.street ?? "";
  screen.say(`Twilio does not know "${workshop?.spec.street}" and suggests "${street}". We take it over:`);
  const patch = JSON.stringify({ spec: { street } });
  screen.say(`kubectl patch emergencyaddress san-francisco-workshop --type merge -p '${patch}'`);
  await stage.kubectl(
    "patch",
    "-n",
    NAMESPACE,
    "emergencyaddress",
    "san-francisco-workshop",
    "--type",
    "merge",
    "-p",
    patch,
  );
  await watch.until("everything to be Ready", () => watch.isSettled());
}

/** Act three: the headquarters move. One number after the other, and the emergency caller only with approval. */
async function move({ stage, screen, watch }: Demo): Promise<void> {
  const since = Date.now();
  const patch = JSON.stringify({ spec: { street: "600 Howard St" } });
  screen.say(`The headquarters move: kubectl patch emergencyaddress san-francisco-hq -p '${patch}'`);
  await stage.kubectl(
    "patch",
    "-n",
    NAMESPACE,
    "emergencyaddress",
    "san-francisco-hq",
    "--type",
    "merge",
    "-p",
    patch,
  );
  const reception = (): PhoneNumberBinding | undefined =>
    watch.find("PhoneNumberBinding", "san-francisco-reception") as PhoneNumberBinding | undefined;
  await watch.until(
    "the caller's number to ask for approval",
    () => reception()?.status?.pendingPlan !== undefined,
  );
  const hash = reception()?.status?.pendingPlan?.hash ?? "";
  screen.say(
    "The reception's number is the emergency caller of the SIP domain: it moves only with approval.",
  );
  screen.say(`kubectl annotate phonenumberbinding san-francisco-reception ${ANNOTATION.approve}=${hash}`);
  await stage.kubectl(
    "annotate",
    "--overwrite",
    "-n",
    NAMESPACE,
    "phonenumberbinding",
    "san-francisco-reception",
    `${ANNOTATION.approve}=${hash}`,
  );
  await watch.until("everything to be Ready at the new address, and the old one to be gone", () => {
    const hq = watch.find("EmergencyAddress", "san-francisco-hq") as EmergencyAddress | undefined;
    return (
      watch.isSettled() &&
      hq !== undefined &&
      isCurrent(hq) &&
      hq.status?.retiringSids === undefined &&
      hq.status?.boundNumbers === 2
    );
  });
  screen.say(await whoWasUnprotected(stage, since));
}

async function whoWasUnprotected(stage: DemoStage, since: number): Promise<string> {
  const { timeline, violations } = await stage.emulator.control.timeline();
  if (violations.length > 0) throw new Error(`the operator broke a rule: ${JSON.stringify(violations)}`);
  const found = gaps(timeline, since);
  const lasting = found.filter((gap) => gap.ms === undefined);
  if (lasting.length > 0)
    throw new Error(`still without protection: ${lasting.map((gap) => gap.numberSid).join(", ")}`);
  const each = found.map((gap) => `${shortSids(gap.numberSid)} ${gap.ms} ms`).join(", ");
  return `Without protection: ${each}; at most ${mostAtOnce(found)} at a time (maxUnprotected 1).`;
}

function hints({ emulator, entrance, logPath }: DemoStage): string {
  return [
    "Everything keeps running until Ctrl-C. In another terminal, here in this folder:",
    `  . ${entrance.path}`,
    "  kubectl get emergency",
    "  twilio-emergency status",
    `  curl ${emulator.url}/_emulator/requests   # every call to Twilio`,
    `  tail -f ${logPath}`,
  ].join("\n");
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`\nnpm start: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
