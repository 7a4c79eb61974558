// @ts-check
/** Loaded before an operator: writes a line to the file TRACERS for each tracer that the program asks for. */
import { trace } from "@opentelemetry/api";
import { appendFileSync } from "node:fs";

const getTracer = trace.getTracer.bind(trace);
trace.getTracer = (name, version) => {
  appendFileSync(process.env["TRACERS"] ?? "", `${name}\n`);
  return getTracer(name, version);
};
