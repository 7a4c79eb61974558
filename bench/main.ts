/**
 * `npm run bench -- [scenario …] [--n 1000] [--runs 1] …`: what the operator costs and how fast it is, as JSON lines.
 * Ends with 1 when a limit of counts or ratios is broken.
 */
import "../scripts/node-version.mjs";
import { commands } from "./commands.ts";
import { load } from "./load.ts";
import { Results, type Findings } from "./results.ts";
import { rollout } from "./rollout.ts";
import { settingsOf, type Settings } from "./settings.ts";
import { soak } from "./soak.ts";
import { start } from "./start.ts";
import { storm } from "./storm.ts";

const RUNS: Readonly<Record<string, (settings: Settings) => Promise<Findings>>> = {
  load,
  own: (settings) => load({ ...settings, shape: "own" }),
  start: () => start(),
  commands: () => commands(),
  storm,
  rollout,
  soak,
};

const settings = settingsOf(process.argv.slice(2));
const results = new Results(settings);
for (const name of settings.only) {
  const scenario = RUNS[name];
  if (scenario === undefined) continue;
  const runs: Findings[] = [];
  for (let run = 0; run < settings.runs; run += 1) runs.push(await scenario(settings));
  results.add(name, runs);
}
process.exit(results.isGood ? 0 : 1);
