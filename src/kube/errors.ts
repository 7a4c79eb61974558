/** Every failure of a call to the API server, classified once, here. */
interface FailureDetail {
  /** One readable sentence that names verb and resource. */
  readonly message: string;
  readonly httpStatus?: number;
  /** `reason` of the API server's Status object, such as AlreadyExists. */
  readonly reason?: string;
}

/**
 * Every way in which a call to the API server can fail, classified once. After `network`, `timeout` and `server` nobody
 * knows whether a write took effect: read the object again.
 */
export type KubeFailure = FailureDetail &
  /** `missingType`: not the object but its type is unknown to the server; the CRD is not installed. */
  (
    | { readonly kind: "notFound"; readonly missingType: boolean }
    /** 409: a precondition, another field manager's field, or (`alreadyExists`) a create of what is there. */
    | { readonly kind: "conflict"; readonly alreadyExists: boolean }
    /** That resourceVersion or continue token is too old (410), or after a restore of etcd too new; list again. */
    | { readonly kind: "gone" }
    | { readonly kind: "forbidden" }
    | { readonly kind: "unauthorized" }
    /** 429; not executed. */
    | { readonly kind: "throttled"; readonly retryAfterMs?: number }
    /** Any other 4xx: the server does not accept what we sent. */
    | { readonly kind: "invalid" }
    /** No connection, a cut one, or an answer that cannot be read. */
    | { readonly kind: "network" }
    /** 5xx. */
    | { readonly kind: "server"; readonly retryAfterMs?: number }
    /** No answer in time, ours or the server's. */
    | { readonly kind: "timeout" }
  );

/** What every failed call to the API server is thrown as. */
export class KubeError extends Error {
  override readonly name = "KubeError";
  readonly failure: KubeFailure;

  constructor(failure: KubeFailure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** The failure inside a KubeError, undefined for anything else. */
export function failureOf(error: unknown): KubeFailure | undefined {
  return error instanceof KubeError ? error.failure : undefined;
}

/** True if the error is a KubeError of this kind. */
export function isKind(error: unknown, kind: KubeFailure["kind"]): boolean {
  return failureOf(error)?.kind === kind;
}

/** What was tried, for messages. */
export interface Attempt {
  /** As RBAC says it: get, list, watch, create, patch, delete. */
  readonly verb: string;
  /** As RBAC says it: `plural.group`, with `/status` if it was the subresource. */
  readonly resource: string;
  /** `namespace/name`, a namespace, or absent. */
  readonly target?: string;
}

/** What we read of metav1.Status. */
interface Status {
  readonly kind?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly field?: string }[];
  };
}

/** A failed answer: its status, body and `Retry-After` (seconds). */
export interface FailedAnswer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string | undefined;
}

/** The failure that an answer with a status of 400 or above means. */
export function classifyAnswer(answer: FailedAnswer, attempt: Attempt): KubeFailure {
  return classifyStatus(parseStatus(answer.body), answer, attempt);
}

/** The failure in an ERROR event of a watch; `object` is its Status. */
export function classifyWatchError(object: unknown, attempt: Attempt): KubeFailure {
  const status = typeof object === "object" && object !== null ? (object as Status) : {};
  return classifyStatus(status, { status: status.code ?? 500, body: "" }, attempt);
}

/** The failure behind an exception of the transport. */
export function classifyException(error: unknown, attempt: Attempt): KubeFailure {
  const code = codeOf(error);
  const text = error instanceof Error ? error.message : String(error);
  const timedOut =
    code === "UND_ERR_CONNECT_TIMEOUT" ||
    code === "UND_ERR_HEADERS_TIMEOUT" ||
    code === "UND_ERR_BODY_TIMEOUT";
  const detail = text === "" ? (code ?? "unknown") : text;
  return { kind: timedOut ? "timeout" : "network", message: `${describe(attempt)}: ${detail}` };
}

/** The failure of a call that had no answer after `ms`. */
export function timeoutFailure(attempt: Attempt, ms: number): KubeFailure {
  return { kind: "timeout", message: `${describe(attempt)}: no answer within ${ms} ms` };
}

/** `cannot patch things.example.com/status ns/name`. */
export function describe(attempt: Attempt): string {
  const target = attempt.target === undefined ? "" : ` ${attempt.target}`;
  return `cannot ${attempt.verb} ${attempt.resource}${target}`;
}

function classifyStatus(status: Status, answer: FailedAnswer, attempt: Attempt): KubeFailure {
  const said = status.message ?? answer.body.trim().slice(0, 200);
  const detail = {
    message: `${describe(attempt)}: ${said === "" ? `HTTP ${answer.status}` : said}`,
    httpStatus: answer.status,
    ...(status.reason === undefined ? {} : { reason: status.reason }),
  };
  const retryAfterMs = retryAfter(status, answer);
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (hasCause(status, "reason", "ResourceVersionTooLarge")) return { ...detail, kind: "gone" };
  // The uid that we send is a precondition and nothing else; some types refuse another one as an attempt to change it.
  if (hasCause(status, "field", "metadata.uid")) return { ...detail, kind: "conflict", alreadyExists: false };
  switch (answer.status) {
    case 401:
      return { ...detail, kind: "unauthorized" };
    case 403:
      return { ...detail, kind: "forbidden" };
    case 404:
      return notFound(detail, status, attempt);
    case 408:
    case 504:
      return { ...detail, kind: "timeout" };
    case 409:
      return { ...detail, kind: "conflict", alreadyExists: status.reason === "AlreadyExists" };
    case 410:
      return { ...detail, kind: "gone" };
    case 429:
      return { ...detail, ...wait, kind: "throttled" };
    default:
      return answer.status >= 500 ? { ...detail, ...wait, kind: "server" } : { ...detail, kind: "invalid" };
  }
}

/**
 * A path that the server does not serve is answered without naming an object. The cure is to install the CRD, and no
 * waiting helps.
 */
function notFound(detail: FailureDetail, status: Status, attempt: Attempt): KubeFailure {
  const missingType =
    status.reason !== "NotFound" || status.message === "the server could not find the requested resource";
  if (!missingType) return { ...detail, kind: "notFound", missingType };
  const message = `${describe(attempt)}: the API server does not know ${attempt.resource}; install its CustomResourceDefinition (kubectl apply --server-side -f crds/)`;
  return { ...detail, message, kind: "notFound", missingType };
}

function hasCause(status: Status, name: "reason" | "field", value: string): boolean {
  return status.details?.causes?.some((cause) => cause[name] === value) === true;
}

function retryAfter(status: Status, answer: FailedAnswer): number | undefined {
  const seconds = Number(answer.retryAfter ?? status.details?.retryAfterSeconds ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function parseStatus(body: string): Status {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === "object" && parsed !== null && (parsed as Status).kind === "Status"
      ? parsed
      : {};
  } catch {
    return {};
  }
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
