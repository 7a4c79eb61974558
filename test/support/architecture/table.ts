/**
 * Who may import whom. The picture behind it:
 *
 *   watch event ─▶ key ─queue─▶ worker ─▶ observe ─▶ World ─plan─▶ Step ─execute─▶ Outcome ─▶ status ─▶ patch
 *
 * The folders in the middle decide and are pure; those at the ends talk to one outside world each and never see each
 * other, nor a word of the domain; controllers/ is where the worlds meet; main.ts and cli.ts wire everything by hand.
 */
export interface Layer {
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
    pure: true,
    imports: [],
    exceptions: { "src/lib/hash.ts": ["node:crypto"], "src/lib/phone.ts": ["libphonenumber-js"] },
  },
  api: { pure: true, imports: ["lib"] },
  plan: { pure: true, imports: ["lib", "api"], types: ["twilio"] },
  telemetry: { imports: ["lib"], packages: ["pino", "pino-pretty", "prom-client", "@opentelemetry/api"] },
  twilio: { imports: ["lib", "telemetry"], packages: ["twilio", "undici"] },
  kube: { imports: ["lib", "telemetry"], packages: ["@kubernetes/client-node", "undici"] },
  runtime: { imports: ["lib", "telemetry"] },
  controllers: { imports: ["lib", "api", "plan", "telemetry", "twilio", "kube", "runtime"] },
  cli: {
    imports: [
      ...["lib", "api", "plan", "controllers", "telemetry", "twilio", "kube", "runtime", "emulator"],
      ...["config.ts", "version.ts"],
    ],
    packages: ["commander", "yaml", "ajv", "@marcbachmann/cel-js", "csv-parse"],
  },
  emulator: { imports: ["lib"], packages: ["hono", "@hono/node-server", "yaml"] },
  "config.ts": { imports: ["lib", "plan"] },
  "replicas.ts": { imports: ["lib", "api", "controllers", "telemetry", "kube", "runtime", "config.ts"] },
  "instruments.ts": {
    imports: ["lib", "api", "controllers", "telemetry", "twilio", "kube", "runtime", "version.ts"],
  },
  "version.ts": { imports: ["../package.json"] },
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
