/** Plays `npm start -- --once` and writes docs/images/start.svg from what it prints. */
import "./node-version.mjs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type RecordedLine, renderRecording } from "../demo/recording.ts";

const ROOT = join(import.meta.dirname, "..");

const begun = Date.now();
const lines: RecordedLine[] = [{ at: 0, text: "$ npm start -- --once" }];
const demo = spawn(process.execPath, ["demo/main.ts", "--once"], {
  cwd: ROOT,
  stdio: ["ignore", "pipe", "inherit"],
});
for await (const text of createInterface({ input: demo.stdout })) {
  process.stdout.write(`${text}\n`);
  lines.push({ at: Date.now() - begun, text });
}
if (demo.exitCode === null) await once(demo, "exit");
if (demo.exitCode !== 0) {
  process.stderr.write("the demo failed, and nothing was written\n");
  process.exit(1);
}
writeFileSync(join(ROOT, "docs/images/start.svg"), renderRecording(lines, "npm start -- --once"));
