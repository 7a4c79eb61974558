/** Runs commands in tmux, on terminals of 80 and 200 columns, and writes docs/reference/terminal.md from what stands there. */
import "./node-version.mjs";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Account, address, manifest, openBench } from "../test/cli/standalone.ts";

const ROOT = join(import.meta.dirname, "..");
const SOCKET = `capture-${process.pid}`;
const PROMPT = "$ ";

interface Shot {
  readonly title: string;
  readonly columns: number;
  /** As the reader would type it. */
  readonly command: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Taken when this stands there, not at the end. */
  readonly when?: RegExp;
}

function tmux(...args: readonly string[]): string {
  return execFileSync("tmux", ["-L", SOCKET, ...args], { encoding: "utf8" });
}

/** What the terminal shows, without the blanks at the ends. `coloured`: whether any of it has a colour. */
async function shoot({ columns, command, env = {}, when }: Shot, home: string): Promise<[string, boolean]> {
  const variables = Object.entries({ ...account.env, ...env }).flatMap(([name, value]) => [
    "-e",
    `${name}=${value}`,
  ]);
  const program = command.replace("twilio-emergency", `${process.execPath} ${join(ROOT, "src/cli.ts")}`);
  const size = ["-x", String(columns), "-y", "60"];
  tmux("new-session", "-d", "-s", "shot", ...size, "-c", home, ...variables, `${program}; sleep 60`);
  let shown = "";
  for (let still = 0; still < 8;) {
    await new Promise((resolve) => setTimeout(resolve, 250));
    const now = tmux("capture-pane", "-p", "-t", "shot").trimEnd();
    if (when?.test(now) === true) {
      shown = now;
      break;
    }
    still = now === shown && now !== "" && when === undefined ? still + 1 : 0;
    shown = now;
  }
  const raw = tmux("capture-pane", "-p", "-e", "-t", "shot");
  tmux("kill-session", "-t", "shot");
  return [shown, raw.includes("\u001B[")];
}

const bench = await openBench();
const account = await Account.open(bench, { numbers: 3, domains: 1 });
const home = mkdtempSync(join(tmpdir(), "capture-"));
const bindings = [0, 1, 2].map((index) =>
  manifest("PhoneNumberBinding", `desk${index}`, {
    phoneNumberSid: account.number(index),
    addressRef: { name: index === 2 ? "shop" : "hq" },
  }),
);
const write = (name: string, street: string): void => {
  const objects = [address("hq", { street }), address("shop", { street: "2 Side St" }), ...bindings];
  writeFileSync(join(home, name), objects.map((object) => `${JSON.stringify(object)}\n`).join("---\n"));
};
write("company.yaml", "1 Main St");
write("moved.yaml", "9 New St");

const sections: string[] = [];
async function add(shot: Shot): Promise<void> {
  const [shown, isColoured] = await shoot(shot, home);
  const colours = isColoured ? "with colours" : "without colours";
  sections.push(
    `## ${shot.title}`,
    `${shot.columns} columns, ${colours}.`,
    `\`\`\`text\n${PROMPT}${shot.command}\n${shown}\n\`\`\``,
  );
}

try {
  await add({ title: "What would be done", columns: 80, command: "twilio-emergency plan -f company.yaml" });
  await bench.emulator.control.set({ registrationMs: 5_000, unregistrationMs: 5_000 });
  await add({
    title: "While Twilio registers",
    columns: 80,
    command: "twilio-emergency apply -f company.yaml --wait",
    when: /settled after [3-9] s; /,
  });
  await bench.emulator.control.set({ registrationMs: 100, unregistrationMs: 100 });
  const applied = await account.run(["apply", "-f", join(home, "company.yaml"), "--wait"]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await add({
    title: "A change of an address",
    columns: 200,
    command: "twilio-emergency plan -f moved.yaml",
  });
  await add({
    title: "Without colours",
    columns: 80,
    command: "twilio-emergency coverage",
    env: { NO_COLOR: "1" },
  });
  const log = spawnSync(process.execPath, [join(ROOT, "src/cli.ts"), "apply", "-f", "moved.yaml", "--wait"], {
    ...{ cwd: home, encoding: "utf8" },
    env: { ...process.env, ...account.env },
  });
  sections.push(
    "## In a log",
    "No terminal: a line for each call, and one about the wait every 30 seconds.",
    `\`\`\`text\n${PROMPT}twilio-emergency apply -f moved.yaml --wait 2> apply.log\n${log.stderr.trimEnd()}\n\`\`\``,
  );
  const head = [
    "# On a terminal",
    "<!-- do not edit: `npm run capture` makes it anew, with tmux and the emulator -->",
    "What the commands show, as tmux had it on its screen. `NO_COLOR` is respected, and so is a stream that is no terminal.",
  ];
  writeFileSync(join(ROOT, "docs/reference/terminal.md"), `${[...head, ...sections].join("\n\n")}\n`);
} finally {
  spawnSync("tmux", ["-L", SOCKET, "kill-server"]);
  rmSync(home, { recursive: true, force: true });
  await bench.close();
}
