import { expect, test } from "vitest";
import { createLogger, type LogLevel } from "./log.ts";
import { KnownSecrets } from "./redact.ts";

function recorder(level: LogLevel, format: "json" | "pretty" = "json") {
  const lines: string[] = [];
  const log = createLogger({ level, format, destination: { write: (line) => void lines.push(line) } });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? "{}") as Record<string, unknown> };
}

test("a line is a constant message, a level by name and the fields", () => {
  const { log, last } = recorder("info");
  log.info({ key: "a/b", count: 3 }, "listed");
  expect(last()).toMatchObject({ level: "info", msg: "listed", key: "a/b", count: 3 });
});

test("lines below the level are not written", () => {
  const { log, lines } = recorder("warn");
  log.info({}, "quiet");
  log.debug({}, "quieter");
  expect(lines).toEqual([]);
});

test("secrets are removed at every level, however deep and however spelled", () => {
  const { log, lines, last } = recorder("debug");
  const fields = {
    authToken: "s3cret-1",
    nested: { apiKeySecret: "s3cret-2", list: [{ password: "s3cret-3" }] },
    headers: { Authorization: "s3cret-4", "proxy-authorization": "s3cret-5" },
    auth_token: "s3cret-6",
  };
  log.debug(fields, "request");
  log.error(fields, "request");
  expect(lines.join("")).not.toContain("s3cret");
  expect(last()).toMatchObject({ authToken: "[redacted]", headers: { Authorization: "[redacted]" } });
});

test("a credential inside a text is removed", () => {
  const { log, lines } = recorder("debug");
  log.debug({ note: "sent Authorization: Basic QUMxMjM0NTY3ODk6dG9rZW4= to it" }, "request");
  expect(lines[0]).not.toContain("QUMx");
});

test("a known secret is removed by its value, in any field, text or error, at any level", () => {
  const lines: string[] = [];
  const secrets = new KnownSecrets();
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: "debug", format: "json", secrets, destination });
  const token = "0123456789abcdef0123456789abcdef";
  secrets.add(token);
  const cause = new Error(`url https://AC1:${token}@api.twilio.com/x/${token}/y`);
  log.debug({ note: `it was ${token}.`, list: [token] }, "odd");
  log.error({ error: new Error("failed", { cause }), data: Buffer.from(token).toString("base64") }, "odd");
  expect(lines.join("")).not.toContain(token);
  expect(lines.join("")).not.toContain(Buffer.from(token).toString("base64"));
  expect(lines[0]).toContain("it was [redacted].");
  log.debug({ note: "0123456789abcdef0123456789abcdee" }, "another");
  expect(lines[2]).toContain("0123456789abcdef0123456789abcdee");
});

test("a known secret is removed though the file that it comes from ended with a new line", () => {
  const lines: string[] = [];
  const secrets = new KnownSecrets();
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: "debug", format: "json", secrets, destination });
  const token = "0123456789abcdef0123456789abcdef";
  const base64 = (value: string): string => Buffer.from(value).toString("base64");
  secrets.add(`${token}\n`);
  log.debug({ used: token, inHttp: base64(token), inTheSecret: base64(`${token}\n`) }, "odd");
  const hidden = { used: "[redacted]", inHttp: "[redacted]", inTheSecret: "[redacted]" };
  expect(JSON.parse(lines[0] ?? "")).toMatchObject(hidden);
});

test("streets, names and phone numbers stand at debug only", () => {
  const { log, lines } = recorder("debug");
  const fields = {
    street: "100 Main Street",
    customerName: "Ada Ltd",
    phoneNumber: "+14155550100",
    note: "to +14155550100",
  };
  log.debug(fields, "address");
  log.info(fields, "address");
  expect(lines[0]).toContain("100 Main Street");
  expect(lines[0]).toContain("+14155550100");
  for (const hidden of ["100 Main Street", "Ada Ltd", "14155550100"]) expect(lines[1]).not.toContain(hidden);
});

test("fields of a child are redacted by the level of the line, not of the child", () => {
  const { log, lines, last } = recorder("debug");
  const child = log.child({ phoneNumber: "+14155550100", worker: 2 });
  child.debug({}, "now");
  child.warn({ worker: 3 }, "now");
  expect(lines[0]).toContain("+14155550100");
  expect(last()).toMatchObject({ phoneNumber: "[redacted]", worker: 3 });
});

test("an error keeps name, message, code, stack and cause, without the number in its text", () => {
  const { log, last } = recorder("info");
  const cause = new Error("number +14155550100 is busy");
  const error = Object.assign(new Error("call for +14155550100 failed", { cause }), { code: "E1" });
  log.error({ error }, "failed");
  expect(last()["error"]).toMatchObject({
    name: "Error",
    message: "call for [phone number] failed",
    code: "E1",
    cause: { message: "number [phone number] is busy" },
  });
  expect((last()["error"] as { stack: string }).stack).toContain("log.test.ts");
});

test("an error given as the fields is not lost", () => {
  const { log, last } = recorder("info");
  log.error(new Error("boom"), "failed");
  expect(last()["error"]).toMatchObject({ message: "boom" });
});

test("cycles, getters that throw and odd values do not break a line", () => {
  const { log, last } = recorder("info");
  const odd: Record<string, unknown> = {
    size: 10n,
    when: new Date(0),
    never: new Date(Number.NaN),
    map: new Map([["a", 1]]),
    fn: () => 1,
    get bad(): string {
      throw new Error("no");
    },
  };
  odd["self"] = odd;
  log.info({ odd }, "odd");
  expect(last()["odd"]).toMatchObject({
    size: "10",
    when: "1970-01-01T00:00:00.000Z",
    never: "[invalid date]",
    bad: "[unreadable]",
  });
});

test("the pretty format is one readable line", () => {
  const { log, lines } = recorder("info", "pretty");
  log.info({ key: "a/b" }, "listed");
  expect(lines.join("")).toMatch(/INFO: listed .*"key":"a\/b"/);
  expect(lines.join("").trim().split("\n")).toHaveLength(1);
});
