/**
 * OpenTelemetry spans, if somebody has loaded an SDK before us (`node --import ./tracing.mjs …`). Without one there is no
 * Tracing, nothing is wrapped, and no tracer is asked for.
 */
import { createRequire } from "node:module";
import type * as Api from "@opentelemetry/api";

export interface Traced {
  readonly name: string;
  /** client: a request to another system. internal: work of our own. */
  readonly kind: "client" | "internal";
  /** No secret, street address or phone number. */
  readonly attributes: Api.Attributes;
}

export interface Tracing {
  /**
   * Runs the action inside a span, so that spans begun in it become its children. `set` adds attributes. An exception
   * marks the span as failed, by the error's name only: messages may quote what others sent.
   */
  span<T>(traced: Traced, action: (set: (attributes: Api.Attributes) => void) => Promise<T>): Promise<T>;
}

/** Where every copy of the API package, bundled or not, finds what the SDK has registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** undefined when no SDK has registered a tracer provider by now. */
export function createTracing(version: string): Tracing | undefined {
  const registered = (globalThis as Record<symbol, unknown>)[REGISTERED];
  if ((registered as { readonly trace?: unknown } | undefined)?.trace === undefined) return undefined;
  const api = createRequire(import.meta.url)("@opentelemetry/api") as typeof Api;
  const tracer = api.trace.getTracer("twilio-emergency-operator", version);
  const kinds = { client: api.SpanKind.CLIENT, internal: api.SpanKind.INTERNAL };
  return {
    span: ({ name, kind, attributes }, action) => {
      const options: Api.SpanOptions = { kind: kinds[kind], attributes };
      return tracer.startActiveSpan(name, options, async (span) => {
        try {
          return await action((more) => void span.setAttributes(more));
        } catch (error) {
          const type = error instanceof Error ? error.name : "unknown";
          span.setAttribute("error.type", type);
          span.setStatus({ code: api.SpanStatusCode.ERROR, message: type });
          throw error;
        } finally {
          span.end();
        }
      });
    },
  };
}
