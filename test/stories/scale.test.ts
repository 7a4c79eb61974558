/** S7 and L3 with a thousand numbers: a settled world costs its listings and nothing else. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "./eventually.ts";
import { Stage } from "./stage.ts";

const NUMBERS = 1_000;
const PATH = "/apis/emergency.twilio-operator.io/v1alpha1/namespaces/scale/phonenumberbindings";

const stage = new Stage("scale", { flags: ["--sweep-interval", "3s", "--log-level", "info"] });
beforeAll(() => stage.open().then(() => undefined));
afterAll(() => stage.close());

interface Binding {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function bindings(): Promise<readonly Binding[]> {
  return (JSON.parse((await stage.plane.send("GET", PATH)).body) as { readonly items: readonly Binding[] })
    .items;
}

const isReady = ({ status }: Binding): boolean =>
  status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") === true;

it("a thousand settled bindings: another pass writes nothing anywhere, and lists the account once", async () => {
  const site = await stage.site({ numbers: NUMBERS, account: { maxConcurrentRequests: 50 } });
  await site.address();
  const items = Array.from({ length: NUMBERS }, (_, index) => ({
    apiVersion: "emergency.twilio-operator.io/v1alpha1",
    kind: "PhoneNumberBinding",
    metadata: { name: `${site.id}-${index}`, namespace: stage.namespace },
    spec: {
      accountRef: { name: site.id },
      phoneNumberSid: site.numberSid(index),
      addressRef: { name: `${site.id}-hq` },
    },
  }));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  const made = await stage.plane.kubectl(["create", "-f", "-"], list);
  expect(made.stderr).toBe("");
  const ready = await eventually(async () => {
    const all = await bindings();
    return all.length === NUMBERS && all.every(isReady) ? true : undefined;
  }, 90_000);
  expect(ready).toBe(true);
  await site.quiet();
  await site.mark();
  const before = await bindings();

  await site.quiet();

  expect(await site.writes()).toEqual([]);
  const versions = (all: readonly Binding[]): readonly string[] =>
    all.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  expect(versions(await bindings())).toEqual(versions(before));
  const records = await site.records();
  const sweeps = records.filter(({ path }) => path.endsWith("/SIP/Domains.json")).length;
  const pages = records.filter(({ path }) => path.endsWith("/IncomingPhoneNumbers.json")).length;
  expect(pages).toBeLessThanOrEqual(sweeps + 1);
  expect(records.filter(({ path }) => /IncomingPhoneNumbers\/PN/.test(path))).toEqual([]);
});
