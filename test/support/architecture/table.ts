/**
 * Who may import whom. The picture behind it:
 *
 *   watch event ─▶ key ─queue─▶ worker ─▶ observe ─▶ World ─plan─▶ Step ─execute─▶ Outcome ─▶ status ─▶ patch
 *
 * The folders in the middle decide and are pure; those at the ends talk to one outside world each and never see each
 * other, nor a word of the domain; controllers/ is where the worlds meet; main.ts and cli.ts wire everything by hand.
 */
export interface Layer {
  /** What it is for, in a line. */
  readonly what: string;
  /** Layers of src whose files it may import, besides its own. */
  readonly imports: readonly string[];
  /** Layers from which it may take types and nothing that exists at run time. */
  readonly types?: readonly string[];
  /** npm packages; a package allows its subpaths. */
  readonly packages?: readonly string[];
  /** Packages and built-in modules for one file of a pure layer. */
  readonly exceptions?: Readonly<Record<string, readonly string[]>>;
  /** No asynchrony, clock, randomness, process, console, network, timers or built-in modules. */
  readonly pure?: true;
}

/** A key without an extension is a folder of src, with one a file of src. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  lib: {
    what: "small things without a subject: hashes, backoff, phone numbers, the type of a clock",
    pure: true,
    imports: [],
    exceptions: { "src/lib/hash.ts": ["node:crypto"], "src/lib/phone.ts": ["libphonenumber-js"] },
  },
  api: {
    what: "the contract: kinds, names, conditions, reasons and what they mean",
    pure: true,
    imports: ["lib"],
  },
  plan: {
    what: "every decision: from what was observed to one next step, its reason and the status",
    pure: true,
    imports: ["lib", "api"],
    types: ["twilio"],
  },
  telemetry: {
    what: "log, audit log, metrics and traces, and what may not stand in them",
    imports: ["lib"],
    packages: ["pino", "pino-pretty", "prom-client", "@opentelemetry/api"],
  },
  twilio: {
    what: "the only folder that talks to Twilio: requests, limits, errors, the listing of an account",
    imports: ["lib", "telemetry"],
    packages: ["twilio", "undici"],
  },
  kube: {
    what: "the only folder that talks to the API server: requests, caches, leases, Events",
    imports: ["lib", "telemetry"],
    packages: ["@kubernetes/client-node", "undici"],
  },
  runtime: {
    what: "queue, workers, probes, start and stop; it would serve any operator",
    imports: ["lib", "telemetry"],
  },
  controllers: {
    what: "where the worlds meet: observe, let plan decide, execute, report",
    imports: ["lib", "api", "plan", "telemetry", "twilio", "kube", "runtime"],
  },
  cli: {
    what: "the commands, one file each, with a folder where one has more to it",
    imports: [
      ...["lib", "api", "plan", "controllers", "telemetry", "twilio", "kube", "runtime", "emulator"],
      ...["config.ts", "version.ts"],
    ],
    packages: ["commander", "yaml", "ajv", "@marcbachmann/cel-js", "csv-parse"],
  },
  emulator: {
    what: "Twilio for tests and for trying things out",
    imports: ["lib"],
    packages: ["hono", "@hono/node-server", "yaml"],
  },
  "config.ts": {
    what: "flags and environment, read once",
    imports: ["lib", "plan"],
  },
  "replicas.ts": {
    what: "one leader, or accounts shared out among all",
    imports: ["lib", "api", "controllers", "telemetry", "kube", "runtime", "config.ts"],
  },
  "instruments.ts": {
    what: "puts metrics, audit and traces around the rest",
    imports: ["lib", "api", "controllers", "telemetry", "twilio", "kube", "runtime", "version.ts"],
  },
  "version.ts": {
    what: "the version, of package.json",
    imports: ["../package.json"],
  },
};

/** They build everything and nobody imports them. */
export const ROOTS: readonly string[] = ["src/main.ts", "src/cli.ts"];

/** The only one that reads the environment. */
export const ENVIRONMENT_READER = "src/config.ts";

/** Layers that must serve any operator: no word of this one's domain appears in them. */
export const WITHOUT_DOMAIN: readonly string[] = ["kube", "runtime"];
export const DOMAIN_WORDS = /twilio|emergency|phone ?number|sip ?domain/i;

/** What a pure file may not name. `Date` only without an argument: a date of a given instant is a value. */
export const IMPURE_NAMES: ReadonlySet<string> = new Set([
  ...["process", "console", "globalThis", "performance", "crypto", "navigator"],
  ...["fetch", "WebSocket", "XMLHttpRequest", "Promise"],
  ...["setTimeout", "setInterval", "setImmediate", "queueMicrotask", "clearTimeout", "clearInterval"],
]);
