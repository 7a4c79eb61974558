/**
 * What the API server alone can do, on this machine and now: N bindings created and the status of each patched once, by
 * a plain client with as many connections as the measured load has, in a namespace that the operator does not serve.
 */
import { Observer } from "./observer.ts";
import { numberSid, objectOf, pathOf, type Scene } from "./scene.ts";

export interface Bare {
  /** First created → last status patched, both going on at the same time, in seconds. */
  readonly seconds: number;
  /** Status patches a second when nothing else goes on. */
  readonly patchesPerSecond: number;
}

const NAMESPACE = "bare";
/** Enough to know the rate. */
const MOST_RATED = 2_000;

export async function bareRun({ api, plane, settings }: Scene): Promise<Bare> {
  await api.send("POST", "/api/v1/namespaces", { metadata: { name: NAMESPACE } });
  const path = pathOf("PhoneNumberBinding", NAMESPACE);
  const observer = await Observer.start(plane, NAMESPACE);
  const created: number[] = [];
  const waiting: ((index: number) => void)[] = [];
  const announce = (index: number): void => {
    const waiter = waiting.shift();
    if (waiter === undefined) created.push(index);
    else waiter(index);
  };
  const next = (): Promise<number> | number =>
    created.shift() ?? new Promise<number>((resolve) => waiting.push(resolve));
  const began = Date.now();
  const patched = api.each(settings.n, async () => {
    const index = await next();
    await api.send("PATCH", `${path}/b${index}/status`, { status: statusOf(index) });
  });
  await api.each(settings.n, async (index) => {
    const spec = { phoneNumberSid: numberSid(index), addressRef: { name: "none" } };
    await api.send("POST", path, objectOf("PhoneNumberBinding", `b${index}`, spec));
    announce(index);
  });
  await patched;
  const seconds = (Date.now() - began) / 1000;
  await observer.untilReady(settings.n, 60_000);
  const rated = Math.min(settings.n, MOST_RATED);
  const again = Date.now();
  await api.each(rated, async (index) => {
    await api.send("PATCH", `${path}/b${index}/status`, { status: { emergencyAddressStatus: "registered" } });
    await api.send("PATCH", `${path}/b${index}/status`, {
      status: { emergencyAddressStatus: "unregistered" },
    });
  });
  const patchesPerSecond = (2 * rated) / ((Date.now() - again) / 1000);
  await observer.stop();
  return { seconds, patchesPerSecond };
}

/** As large as the operator's. */
function statusOf(index: number): object {
  const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const condition = (type: string, status: string, message: string): object => ({
    ...{ type, status, reason: "Registered", message, lastTransitionTime: time, observedGeneration: 1 },
  });
  const address = `AD${"2".repeat(32)}`;
  return {
    observedGeneration: 1,
    phoneNumber: `+1303${2_000_000 + index}`,
    phoneNumberSid: numberSid(index),
    accountSid: `AC${"1".repeat(32)}`,
    emergencyStatus: "Active",
    emergencyAddressSid: address,
    emergencyAddressStatus: "registered",
    appliedAddressSids: [address],
    conditions: [
      condition("Ready", "True", `Registered at ${address}.`),
      condition("Reconciling", "False", `Registered at ${address}.`),
      condition("Stalled", "False", `Registered at ${address}.`),
      condition("Registered", "True", `Twilio says registered, at ${address}.`),
      condition("Unprotected", "False", `The number has a registered emergency address: ${address}.`),
    ],
  };
}
