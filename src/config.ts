/** From the command line and the environment to one frozen Config. The only reader of process.env. */
import { parseDuration } from "./plan/duration.ts";

export interface Config {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Empty: all namespaces. */
  readonly namespaces: readonly string[];
  readonly twilioBaseUrl?: string;
  /** Absent: the UID of the namespace kube-system; for commands without a cluster, STANDALONE_OWNER. */
  readonly ownerId?: string;
  readonly sweepIntervalMs: number;
  readonly pendingPollIntervalMs: number;
  readonly workers: number;
  readonly leaderElect: boolean;
  readonly leaseName: string;
  /** Absent: the namespace of the pod, or of the kubeconfig's context. */
  readonly leaseNamespace?: string;
  readonly sharding: "none" | "accounts";
  readonly metricsAddr: string;
  readonly healthAddr: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly logFormat: "json" | "pretty";
  readonly dryRun: boolean;
  /** Divides the operator's own waits; for tests. */
  readonly timeScale: number;
}

/** A flag or variable that cannot be used: one line that says which, why, and what would do. */
class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** One flag of `run`; its variable is TWILIO_EMERGENCY_ and the name in capitals. */
export interface Flag {
  readonly name: string;
  readonly value?: string;
  readonly fallback?: string;
  readonly help: string;
  readonly repeatable?: true;
  readonly hidden?: true;
  /** Variables that are read besides the flag's own. */
  readonly also?: readonly string[];
}

export const RUN_FLAGS: readonly Flag[] = [
  {
    name: "kubeconfig",
    value: "file",
    help: "kubeconfig to use; default: $KUBECONFIG, ~/.kube/config, the pod's service account",
  },
  { name: "context", value: "name", help: "context in the kubeconfig" },
  { name: "namespace", value: "name", repeatable: true, help: "namespace to serve (repeatable; none = all)" },
  {
    name: "twilio-base-url",
    value: "url",
    also: ["TWILIO_BASE_URL"],
    help: "where Twilio's API is, for emulators and gateways",
  },
  {
    name: "owner-id",
    value: "id",
    help: "owner in the tags of our Addresses; default: the cluster's kube-system UID; without a cluster: standalone",
  },
  {
    name: "sweep-interval",
    value: "duration",
    fallback: "10m",
    help: "how often each account is listed (≥ 1s)",
  },
  {
    name: "pending-poll-interval",
    value: "duration",
    fallback: "30s",
    help: "how often numbers in transition are looked at (≥ 100ms)",
  },
  { name: "workers", value: "n", fallback: "16", help: "objects worked on at a time" },
  {
    name: "leader-elect",
    value: "bool",
    fallback: "true",
    help: "work only while holding a lease, so that replicas can stand by; false only if there is one replica for sure",
  },
  {
    name: "lease-name",
    value: "name",
    fallback: "twilio-emergency-operator",
    help: "lease of the leader; with --sharding, what the replicas' leases begin with",
  },
  {
    name: "lease-namespace",
    value: "name",
    help: "namespace of the leases; default: the pod's, or that of the kubeconfig's context",
  },
  {
    name: "sharding",
    value: "mode",
    fallback: "none",
    help: "none: one replica works, the others stand by; accounts: they share the accounts among them",
  },
  { name: "metrics-addr", value: "addr", fallback: ":8080", help: "address of /metrics" },
  { name: "health-addr", value: "addr", fallback: ":8081", help: "address of /healthz and /readyz" },
  { name: "log-level", value: "level", fallback: "info", help: "debug, info, warn or error" },
  { name: "log-format", value: "format", fallback: "json", help: "json or pretty" },
  { name: "dry-run", help: "write nothing to Twilio" },
  {
    name: "time-scale",
    value: "n",
    fallback: "1",
    hidden: true,
    help: "divides the operator's own waits; for tests",
  },
];

export function variableOf(flag: string): string {
  return `TWILIO_EMERGENCY_${flag.toUpperCase().replaceAll("-", "_")}`;
}

export type Given = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/**
 * `given` holds flags by name (dry-run, not dryRun); a flag wins over its variable, that over the default.
 * @throws {ConfigError} for the first that cannot be used
 */
export function runConfig(
  given: Given,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Config {
  for (const [name, value] of Object.entries(given)) refuseEmpty(name, value);
  const text = (name: string): string | undefined => {
    const value = given[name];
    if (typeof value === "string") return value;
    const flag = RUN_FLAGS.find((candidate) => candidate.name === name);
    return (
      [variableOf(name), ...(flag?.also ?? [])]
        .map((variable) => env[variable])
        .find((found) => found !== undefined && found !== "") ?? flag?.fallback
    );
  };
  const optional = <K extends string>(key: K, name: string): Partial<Record<K, string>> => {
    const value = text(name);
    return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
  };
  return Object.freeze({
    ...optional("kubeconfig", "kubeconfig"),
    ...optional("context", "context"),
    ...optional("ownerId", "owner-id"),
    ...optional("leaseNamespace", "lease-namespace"),
    ...baseUrl(text("twilio-base-url")),
    leaderElect: oneOf("--leader-elect", text("leader-elect"), ["true", "false"] as const) === "true",
    leaseName: objectName("lease-name", text("lease-name")),
    sharding: oneOf("--sharding", text("sharding"), ["none", "accounts"] as const),
    namespaces: namespacesOf(given["namespace"], text("namespace")),
    sweepIntervalMs: duration("sweep-interval", text("sweep-interval"), 1_000),
    pendingPollIntervalMs: duration("pending-poll-interval", text("pending-poll-interval"), 100),
    workers: wholeNumber("workers", text("workers"), { min: 1, max: 256 }),
    metricsAddr: text("metrics-addr") ?? "",
    healthAddr: text("health-addr") ?? "",
    logLevel: oneOf("--log-level", text("log-level"), ["debug", "info", "warn", "error"] as const),
    logFormat: oneOf("--log-format", text("log-format"), ["json", "pretty"] as const),
    // A `yes` that is taken for no would write to Twilio.
    dryRun:
      given["dry-run"] === true ||
      oneOf(variableOf("dry-run"), text("dry-run") ?? "false", ["true", "false"] as const) === "true",
    timeScale: positive("time-scale", text("time-scale")),
  });
}

/** Credentials for commands outside a cluster, by the names that Twilio's own tools use. */
export interface TwilioEnvironment {
  readonly accountSid: string;
  /** In the keys of a Secret. */
  readonly secret: Readonly<Record<string, string>>;
}

/** undefined where the variables name no credentials. */
export function twilioEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): TwilioEnvironment | undefined {
  const value = (name: string): string | undefined => (env[name] === "" ? undefined : env[name]);
  const accountSid = value("TWILIO_ACCOUNT_SID");
  if (accountSid === undefined) return undefined;
  if (!/^AC[0-9a-fA-F]{32}$/.test(accountSid))
    throw new ConfigError("TWILIO_ACCOUNT_SID is not an account sid: AC and 32 hexadecimal digits");
  const [apiKeySid, apiKeySecret] = [value("TWILIO_API_KEY"), value("TWILIO_API_SECRET")];
  if (apiKeySid !== undefined && apiKeySecret !== undefined)
    return { accountSid, secret: { apiKeySid, apiKeySecret } };
  const authToken = value("TWILIO_AUTH_TOKEN");
  if (authToken === undefined && apiKeySid !== apiKeySecret) {
    const [there, missing] = apiKeySid === undefined ? ["SECRET", "KEY"] : ["KEY", "SECRET"];
    throw new ConfigError(
      `TWILIO_API_${there} is set, but TWILIO_API_${missing} is not: an API key needs both`,
    );
  }
  return authToken === undefined
    ? undefined
    : { accountSid, secret: { authToken, authAccountSid: accountSid } };
}

/** `--owner-id "$UNSET"` is a slip, and two clusters with an owner of no name would take each other's Addresses. */
function refuseEmpty(name: string, value: Given[string]): void {
  if (value === "" || (Array.isArray(value) && value.includes("")))
    throw new ConfigError(`--${name} is empty: give it a value, or leave it out`);
}

function namespacesOf(given: Given[string], variable: string | undefined): readonly string[] {
  if (Array.isArray(given)) return given as readonly string[];
  return (variable ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

function baseUrl(text: string | undefined): { readonly twilioBaseUrl?: string } {
  if (text === undefined) return {};
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    throw new ConfigError(
      `--twilio-base-url "${text}" is not an http or https URL, such as http://127.0.0.1:4010`,
    );
  }
  return { twilioBaseUrl: text.replace(/\/+$/, "") };
}

function duration(name: string, text = "", least: number): number {
  const milliseconds = /^([0-9]{1,7})ms$/.exec(text)?.[1];
  const ms = milliseconds === undefined ? parseDuration(text) : Number(milliseconds);
  if (Number.isNaN(ms))
    throw new ConfigError(`--${name} "${text}" is not a duration such as 30s, 10m or 1h30m`);
  if (ms < least) throw new ConfigError(`--${name} "${text}" is too short: at least ${least}ms`);
  return ms;
}

function wholeNumber(
  name: string,
  text = "",
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new ConfigError(`--${name} "${text}" is not a whole number from ${min} to ${max}`);
  }
  return value;
}

function objectName(name: string, text = ""): string {
  // With sharding the name of a pod is added to it.
  if (!/^[a-z0-9]([-a-z0-9]{0,120}[a-z0-9])?$/.test(text))
    throw new ConfigError(
      `--${name} "${text}" is not a name: lower-case letters, digits and -, at most 122 characters`,
    );
  return text;
}

function positive(name: string, text = ""): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value)))
    throw new ConfigError(`--${name} "${text}" is not a number above 0`);
  return value;
}

/** `what`: the flag as it is written, or a variable. */
function oneOf<const T extends string>(what: string, text: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined)
    throw new ConfigError(`${what} "${text ?? ""}" is not one of ${allowed.join(", ")}`);
  return found;
}
