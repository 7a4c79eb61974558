import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import { endOnCrash } from "./crash.ts";

function setUp() {
  const lines: string[] = [];
  const codes: number[] = [];
  const source = new EventEmitter();
  const log = createLogger({
    level: "debug",
    format: "json",
    destination: { write: (line) => void lines.push(line) },
  });
  const remove = endOnCrash(source, log, (code) => void codes.push(code));
  return { lines, codes, source, remove };
}

test.each(["uncaughtException", "unhandledRejection"])(
  "%s is one line without secrets, then the end",
  (event) => {
    const { lines, codes, source } = setUp();
    const request = { headers: { authorization: "Basic QUMxOnRva2VuLXRva2Vu" } };
    const cause = new Error("sent Authorization: Basic QUMxOnRva2VuLXRva2Vu");
    source.emit(event, Object.assign(new Error("boom", { cause }), { request, authToken: "s3cret" }));
    expect(codes).toEqual([1]);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "error",
      msg: "crashed",
      error: { message: "boom" },
    });
    expect(lines[0]).not.toMatch(/QUMx|s3cret/);
  },
);

test("something thrown that is no error is named, and handlers can be taken away", () => {
  const { lines, codes, source, remove } = setUp();
  source.emit("unhandledRejection", "a word");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ error: { thrown: "a word" } });
  remove();
  source.emit("uncaughtException", new Error("later"));
  expect(codes).toEqual([1]);
});
