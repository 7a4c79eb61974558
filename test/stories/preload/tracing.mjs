// @ts-check
/** Loaded before an operator: an OpenTelemetry SDK that writes each span as a line of JSON to the file SPANS. */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { appendFileSync } from "node:fs";

/** @type {import("@opentelemetry/sdk-trace-base").SpanExporter} */
const exporter = {
  export: (spans, done) => {
    for (const span of spans) {
      const { name, attributes, status, parentSpanContext: parent } = span;
      const line = { name, attributes, status, parent: parent?.spanId, id: span.spanContext().spanId };
      appendFileSync(process.env["SPANS"] ?? "", `${JSON.stringify(line)}\n`);
    }
    done({ code: 0 });
  },
  shutdown: () => Promise.resolve(),
};

trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
