import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, it } from "vitest";
import { createTracing } from "./tracing.ts";

const exporter = new InMemorySpanExporter();

/** As an application does that wants to have traces, before it loads us. */
function loadSdk(): void {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

afterEach(() => {
  trace.disable();
  context.disable();
  exporter.reset();
});

it("there is none without an SDK", () => {
  expect(createTracing("1")).toBeUndefined();
  loadSdk();
  expect(createTracing("1")).toBeDefined();
});

it("a span begun inside another is its child, across waiting", async () => {
  loadSdk();
  const tracing = createTracing("1");
  const outer = { name: "reconcile K", kind: "internal", attributes: { "k8s.object.name": "desk" } } as const;
  const inner = { name: "GET Addresses", kind: "client", attributes: {} } as const;
  const result = await tracing?.span(outer, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return tracing.span(inner, (set) => {
      set({ "http.response.status_code": 200 });
      return Promise.resolve("answer");
    });
  });
  expect(result).toBe("answer");
  const [child, parent] = exporter.getFinishedSpans();
  expect(child).toMatchObject({
    name: "GET Addresses",
    kind: SpanKind.CLIENT,
    attributes: { "http.response.status_code": 200 },
    parentSpanContext: { spanId: parent?.spanContext().spanId },
  });
  expect(parent).toMatchObject({
    parentSpanContext: undefined,
    attributes: { "k8s.object.name": "desk" },
    instrumentationScope: { name: "twilio-emergency-operator", version: "1" },
  });
});

it("an exception marks the span by its name and goes on", async () => {
  loadSdk();
  const failed = createTracing("1")?.span({ name: "x", kind: "client", attributes: {} }, () =>
    Promise.reject(new TypeError("no route to +13035550100")),
  );
  await expect(failed).rejects.toThrow("no route");
  const [span] = exporter.getFinishedSpans();
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "TypeError" });
  expect(span?.attributes).toEqual({ "error.type": "TypeError" });
  expect(span?.events).toEqual([]);
});
