/** The writes of an operator process, as its transport sends them, and what they are called in the tables. */
import { inWords } from "../stories/words.ts";

/** One write to Twilio or to the API server. */
export interface Call {
  readonly to: "twilio" | "kube";
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What the process tells its parent. `at`: ms since the epoch. */
export type Message = { readonly type: "armed" } | Sent;

/** A call is sent, and then answered, refused (4xx, 5xx), or its answer is lost. */
export interface Sent {
  readonly type: "sent" | "answered" | "refused" | "lost";
  readonly id: number;
  readonly call: Call;
  readonly at: number;
}

export type Moment = "before" | "during" | "after";

/** Where a process kills itself: around the `occurrence`-th call of this name since it was armed, or the n-th of any name. */
export interface Failpoint {
  readonly name?: string;
  readonly occurrence: number;
  readonly moment: Moment;
  /** Another end than SIGKILL: SIGSTOP freezes the process there. */
  readonly signal?: "SIGKILL" | "SIGSTOP";
  /** Counts from the start of the process, without being armed. */
  readonly armed?: boolean;
}

const TWILIO = "/2010-04-01/";
const OURS = "/apis/emergency.twilio-operator.io/";

/** undefined for what is no write of the operator to the world: reads, Events, leases. */
export function callOf(method: string, path: string, body: string): Call | undefined {
  if (method === "GET") return undefined;
  if (path.startsWith(TWILIO)) return { to: "twilio", method, path, body };
  return path.startsWith(OURS) ? { to: "kube", method, path, body } : undefined;
}

export function nameOf(call: Call): string {
  return call.to === "twilio" ? `Twilio: ${twilioName(call)}` : `API server: ${patchName(call)}`;
}

function twilioName({ method, path, body }: Call): string {
  const form = Object.fromEntries(new URLSearchParams(body));
  const record = { method, path, form, query: {}, accountSid: "" };
  return inWords({
    ...record,
    ...{
      id: 0,
      beganAt: 0,
      endedAt: 0,
      status: 0,
      code: undefined,
      sid: undefined,
      effect: true,
      requestId: "",
    },
    fault: undefined,
  });
}

interface Patch {
  readonly metadata?: { readonly finalizers?: readonly string[] | null };
  readonly status?: Readonly<Record<string, unknown>> & {
    readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
  };
}

export function patchOf(call: Call): Patch {
  return call.body === "" ? {} : (JSON.parse(call.body) as Patch);
}

/** Kind and name of the object that a call to the API server is about; sites put their id before each name. */
export function objectOf({ path }: Call): { readonly plural: string; readonly name: string } {
  const [, plural = "", name = ""] = /\/namespaces\/[^/]+\/([^/]+)\/([^/?]+)/.exec(path) ?? [];
  return { plural, name: name.replace(/^s\d+-/, "").replace(/^s\d+$/, "account") };
}

/** `desk: PendingRegistration, operation`: the object, the reason of Ready, and the memory that is written or cleared. */
function patchName(call: Call): string {
  const { name } = objectOf(call);
  const { metadata, status } = patchOf(call);
  if (status === undefined) return `${name}: ${metadata?.finalizers?.length ? "finalizer" : "no finalizer"}`;
  const reason = status.conditions?.find(({ type }) => type === "Ready")?.reason;
  const memory = MEMORY.filter((field) => field in status).map((field) =>
    status[field] === null ? `no ${field}` : field,
  );
  return `${name}: ${[reason ?? "status", ...memory].join(", ")}`;
}

const MEMORY = [
  ...["operation", "previousAddressSid", "appliedAddressSids", "usedApproval", "requestedEmergencyStatus"],
  ...["failedTargets", "appliedCallerSid", "retry", "pendingPlan", "retiringSids", "sid", "address"],
];
