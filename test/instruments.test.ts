/** Metrics and spans of real requests to an emulator, and of calls to the API server as they end. */
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createInstruments, type Instruments } from "../src/instruments.ts";
import { KubeError } from "../src/kube/errors.ts";
import type { Call, Carrier, StreamBody } from "../src/kube/transport.ts";
import { systemClock } from "../src/runtime/system-clock.ts";
import { createAccountClients } from "../src/twilio/account-clients.ts";
import { anAccount } from "./support/planning.ts";
import type { FaultRule } from "./support/emulator.ts";
import { ACCOUNT, NUMBER, type Running, run, TOKEN } from "./emulator/running.ts";

const exporter = new InMemorySpanExporter();
let twilio: Running;

beforeEach(async () => {
  twilio = await run();
});
afterEach(async () => {
  await twilio.stop();
  trace.disable();
  context.disable();
  exporter.reset();
});

function loadSdk(): void {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

/** A client of the emulator as the program makes it, and one request of it at a time. */
function clientOf(instruments: Instruments) {
  const clients = createAccountClients({
    clock: systemClock(),
    userAgent: "test/1",
    wrap: (sender) => instruments.sender(sender),
  });
  const credentials = { username: ACCOUNT, password: TOKEN };
  const where = { accountSid: ACCOUNT, baseUrl: twilio.emulator.url, maxConcurrentRequests: 1 };
  const connect = instruments.connect((_, given) => clients.connect({ ...where, credentials: given }));
  return connect(anAccount(), credentials);
}

function fault(action: FaultRule["action"]): Promise<unknown> {
  return twilio.control.addFault({ name: "once", match: {}, times: 1, action });
}

describe("requests to Twilio", () => {
  it("are counted by route and answer, listings by page, 429 by account object", async () => {
    const extra = Array.from({ length: 1_100 }, (_, index) => ({ phone_number: `+1415556${1000 + index}` }));
    for (const fields of extra) await twilio.control.edit(ACCOUNT, "new-number", fields);
    const instruments = createInstruments(systemClock());
    const client = clientOf(instruments);
    await client.listNumbers();
    await client.findAddresses("nobody");
    await client.fetchNumber(NUMBER);
    await fault({ type: "answer", status: 429, code: 20429 });
    await client.fetchNumber(NUMBER);
    await fault({ type: "cut", when: "before" });
    await client.setEmergencyStatus(NUMBER, "Active");
    const lines = (await instruments.metrics.text()).split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        'twilio_emergency_requests_total{route="GET IncomingPhoneNumbers",code="200"} 2',
        'twilio_emergency_requests_total{route="GET Addresses",code="200"} 1',
        'twilio_emergency_requests_total{route="GET IncomingPhoneNumbers/{sid}",code="200"} 2',
        'twilio_emergency_requests_total{route="GET IncomingPhoneNumbers/{sid}",code="429"} 1',
        'twilio_emergency_requests_total{route="POST IncomingPhoneNumbers/{sid}",code="0"} 1',
        'twilio_emergency_request_duration_seconds_count{route="GET IncomingPhoneNumbers"} 2',
        'twilio_emergency_snapshot_pages_total{resource="IncomingPhoneNumbers"} 2',
        'twilio_emergency_snapshot_duration_seconds_count{resource="IncomingPhoneNumbers"} 1',
        'twilio_emergency_throttled_total{account_namespace="site",account="default"} 1',
        "twilio_emergency_requests_in_flight 0",
      ]),
    );
    expect(
      lines.filter((line) => line.startsWith('twilio_emergency_snapshot_pages_total{resource="A')),
    ).toEqual([]);
  }, 30_000);

  it("are spans inside the pass that made them, also when they waited for each other", async () => {
    loadSdk();
    const instruments = createInstruments(systemClock());
    const client = clientOf(instruments);
    const reconcile = instruments.reconcile(async () => {
      await client.fetchNumber(NUMBER);
      return { kind: "requeueAfter", ms: 5 };
    });
    const names = ["a", "b", "c"];
    await Promise.all(names.map((name) => reconcile(`PhoneNumberBinding/site/${name}`)));
    const spans = exporter.getFinishedSpans();
    const passes = spans.filter(({ name }) => name === "reconcile PhoneNumberBinding");
    expect(passes.map(({ attributes }) => String(attributes["k8s.object.name"])).toSorted()).toEqual(names);
    expect(passes[0]?.attributes).toMatchObject({
      "k8s.namespace.name": "site",
      "reconcile.result": "requeueAfter",
    });
    const requests = spans.filter(({ name }) => name === "GET IncomingPhoneNumbers/{sid}");
    const parents = requests.map(({ parentSpanContext }) => parentSpanContext?.spanId ?? "");
    expect(parents.toSorted()).toEqual(passes.map((span) => span.spanContext().spanId).toSorted());
    expect(requests[0]?.attributes).toMatchObject({
      "http.request.method": "GET",
      "http.response.status_code": 200,
      "twilio.request_id": expect.stringMatching(/^RQ/) as unknown,
    });
  });

  it("without an SDK leave the pass as it is", () => {
    const instruments = createInstruments(systemClock());
    const reconcile = (): Promise<{ kind: "forget" }> => Promise.resolve({ kind: "forget" });
    expect(instruments.reconcile(reconcile)).toBe(reconcile);
  });
});

describe("calls to the API server", () => {
  const attempt = { verb: "get", resource: "things.example.com", target: "ns/a" };
  const call: Call = { method: "GET", path: "/x", attempt, timeoutMs: 1_000 };
  const gone = new KubeError({ kind: "gone", httpStatus: 410, message: "too old" });
  const cut = new KubeError({ kind: "network", message: "connection reset" });

  /** Answers one after the other; an error is thrown. */
  function carrierOf(answers: readonly (number | KubeError)[]): Carrier {
    const left = [...answers];
    const next = (): number => {
      const answer = left.shift();
      if (answer instanceof KubeError) throw answer;
      return answer ?? 500;
    };
    return {
      request: async () => Promise.resolve({ status: next(), retryAfter: undefined, body: "{}" }),
      stream: async () => {
        next();
        return Promise.resolve({} as StreamBody);
      },
      close: () => Promise.resolve(),
    };
  }

  it("are counted by code, as client-go does", async () => {
    const instruments = createInstruments(systemClock());
    const carrier = instruments.carrier(carrierOf([200, 404, cut, 200, gone]), "https://api:6443/prefix");
    await carrier.request(call);
    await carrier.request(call);
    await expect(carrier.request(call)).rejects.toBe(cut);
    await carrier.stream(call);
    await expect(carrier.stream(call)).rejects.toBe(gone);
    const lines = (await instruments.metrics.text()).split("\n");
    const count = (code: string, times: number): string =>
      `rest_client_requests_total{method="GET",host="api:6443",code="${code}"} ${times}`;
    expect(lines).toEqual(
      expect.arrayContaining([count("200", 2), count("404", 1), count("<error>", 1), count("410", 1)]),
    );
  });

  it("are spans with the status they ended with", async () => {
    loadSdk();
    const instruments = createInstruments(systemClock());
    const carrier = instruments.carrier(carrierOf([409, cut]), "https://api:6443");
    await carrier.request(call);
    await expect(carrier.stream(call)).rejects.toBe(cut);
    const seen = exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes]);
    const asked = {
      ...{ "http.request.method": "GET", "k8s.verb": "get" },
      ...{ "k8s.resource": "things.example.com", "k8s.target": "ns/a" },
    };
    expect(seen).toEqual([
      ["get things.example.com", { ...asked, "http.response.status_code": 409 }],
      ["get things.example.com", { ...asked, "error.type": "KubeError" }],
    ]);
  });
});
