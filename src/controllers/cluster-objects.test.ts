import { describe, expect, it } from "vitest";
import { world } from "../../test/support/builders.ts";
import { keyOf } from "../api/objects.ts";
import type { KubeClient } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { EventRecorder } from "../kube/events.ts";
import { merge } from "../plan/status.ts";
import { systemClock } from "../runtime/system-clock.ts";
import { ClusterObjects, slim, type Cached } from "./cluster-objects.ts";
import { objectKey, Overtaken } from "./objects.ts";

const [desk] = world().account().binding("desk").build().index.all("PhoneNumberBinding") as [Cached];
const version = (resourceVersion: string, metadata: object = {}): Cached =>
  ({ ...desk, metadata: { ...desk.metadata, resourceVersion, ...metadata } }) as Cached;
const leaving = { deletionTimestamp: "2026-01-01T00:00:00Z" };

type Answers = Partial<Record<"get" | "applyFinalizers" | "patchStatus", Cached | undefined>>;

interface Listed {
  readonly items: readonly Cached[];
  readonly resourceVersion: string;
}

/** An API server that answers as told, and what the operator is told of. */
function scene(
  answers: Answers,
  {
    listed = {},
    namespaces,
  }: { readonly listed?: Readonly<Record<string, Listed>>; readonly namespaces?: readonly string[] } = {},
) {
  const told: string[] = [];
  const answer = (name: keyof typeof answers) => async (): Promise<unknown> => answers[name];
  const objects = new ClusterObjects({
    client: {
      get: answer("get"),
      applyFinalizers: answer("applyFinalizers"),
      patchStatus: answer("patchStatus"),
      list: async (_: unknown, { namespace = "" }: { readonly namespace?: string }) => listed[namespace],
    } as unknown as KubeClient,
    events: {} as EventRecorder,
    clock: systemClock(),
    ...(namespaces === undefined ? {} : { namespaces }),
    onChange: (object, _, by) => told.push(`${keyOf(object)} ${by}`),
  });
  objects.changed({ type: "added", object: version("1") } as never);
  told.length = 0;
  return { objects, told };
}

const KEY = keyOf(desk);

it("tells that an object is gone when a live read finds it gone, and only once", async () => {
  const { objects, told } = scene({ get: undefined });
  await objects.refresh(objectKey(desk));
  objects.changed({ type: "deleted", object: version("2") } as never);
  expect(told).toEqual([`${KEY} gone`]);
  expect(objects.get(objectKey(desk))).toBeUndefined();
});

it("does not bring back an object that is gone for late news of the time before", async () => {
  const { objects, told } = scene({ get: undefined });
  await objects.refresh(objectKey(desk));
  objects.changed({ type: "modified", object: version("2"), previous: version("1") } as never);
  expect(told).toEqual([`${KEY} gone`]);
});

it("tells that an object is gone when its last finalizer is released", async () => {
  const { objects, told } = scene({ applyFinalizers: version("3", { ...leaving, finalizers: [] }) });
  await objects.setFinalizer(version("1"), false);
  expect(objects.get(objectKey(desk))).toBeUndefined();
  objects.changed({ type: "deleted", object: version("4", leaving) } as never);
  expect(told).toEqual([`${KEY} gone`]);
});

it("keeps an object that another finalizer holds", async () => {
  const { objects, told } = scene({ applyFinalizers: version("3", { ...leaving, finalizers: ["a/b"] }) });
  await objects.setFinalizer(version("1"), false);
  expect(objects.get(objectKey(desk))?.metadata.resourceVersion).toBe("3");
  expect(told).not.toContain(`${KEY} gone`);
});

it("does not take the late answer to a write for an object that is gone", async () => {
  const { objects, told } = scene({ patchStatus: version("2", { finalizers: ["a/b"] }) });
  const writing = objects.writeStatus(version("1"), { phoneNumber: "+1" });
  objects.changed({ type: "deleted", object: version("3") } as never);
  await writing.catch(() => undefined);
  expect(told).toEqual([`${KEY} gone`]);
  expect(objects.get(objectKey(desk))).toBeUndefined();
});

it("keeps a new object of the same name that came while the old one was found gone", async () => {
  const { objects } = scene({ get: undefined });
  const refreshing = objects.refresh(objectKey(desk));
  objects.changed({ type: "deleted", object: version("2") } as never);
  objects.changed({ type: "added", object: version("3", { uid: "another" }) } as never);
  await refreshing;
  expect(objects.get(objectKey(desk))?.metadata.uid).toBe("another");
});

describe("an answer that is overtaken by the watch", () => {
  const answered = version("5");
  it.each<readonly [string, (objects: ClusterObjects) => Promise<unknown>]>([
    ["to a live read", (objects) => objects.refresh(objectKey(desk))],
    ["to a live read of all objects", (objects) => objects.refreshAll("PhoneNumberBinding")],
    ["to a write", (objects) => objects.writeStatus(version("1"), { phoneNumber: "+1" })],
  ])("%s does not undo what the watch has told", async (_, ask) => {
    const listed = { "": { items: [answered], resourceVersion: "5" } };
    const { objects, told } = scene({ get: answered, patchStatus: answered }, { listed });
    const asking = ask(objects);
    objects.changed({ type: "modified", object: version("6"), previous: version("1") } as never);
    await asking;
    expect(objects.get(objectKey(desk))?.metadata.resourceVersion).toBe("6");
    expect(told).toEqual([`${KEY} other`]);
  });

  it("counts when it came of an etcd that was restored, and the watch has told nothing since", async () => {
    const { objects } = scene({ get: answered });
    objects.changed({ type: "modified", object: version("6"), previous: version("1") } as never);
    await objects.refresh(objectKey(desk));
    expect(objects.get(objectKey(desk))?.metadata.resourceVersion).toBe("5");
  });
});

describe("a live read of all objects of a kind", () => {
  const nothing = (resourceVersion: string): Listed => ({ items: [], resourceVersion });

  it("tells that an object is gone which the list lacks, and only once", async () => {
    const { objects, told } = scene({}, { listed: { "": nothing("5") } });
    await objects.refreshAll("PhoneNumberBinding");
    expect(objects.get(objectKey(desk))).toBeUndefined();
    objects.changed({ type: "deleted", object: version("2") } as never);
    expect(told).toEqual([`${KEY} gone`]);
  });

  it("keeps an object that came after the moment of the list", async () => {
    const { objects } = scene({}, { listed: { "": nothing("5") } });
    objects.changed({ type: "added", object: version("6", { name: "newer", uid: "newer" }) } as never);
    await objects.refreshAll("PhoneNumberBinding");
    expect(objects.all("PhoneNumberBinding").map(({ metadata }) => metadata.name)).toEqual(["newer"]);
  });

  it("keeps those of another kind", async () => {
    const { objects } = scene({}, { listed: { "": nothing("5") } });
    await objects.refreshAll("SIPDomainSetting");
    expect(objects.get(objectKey(desk))).toBeDefined();
  });

  it("compares each list with the objects of its own namespace", async () => {
    const listed = { site: { items: [version("1")], resourceVersion: "5" }, branch: nothing("5") };
    const { objects } = scene({}, { listed, namespaces: ["site", "branch"] });
    objects.changed({ type: "added", object: version("2", { namespace: "branch", uid: "b" }) } as never);
    await objects.refreshAll("PhoneNumberBinding");
    expect(objects.all("PhoneNumberBinding").map(({ metadata }) => metadata.namespace)).toEqual(["site"]);
  });
});

describe("a status that is written when the object has another version by now", () => {
  const status = { operation: { type: "AssociateAddress", startedAt: "1" }, previousAddressSid: "AD1" };
  const recorded = { operation: { type: "DisassociateAddress", startedAt: "2" }, previousAddressSid: "AD2" };
  const known = { ...version("1"), status } as unknown as Cached;
  const edited = { ...known, metadata: { ...known.metadata, resourceVersion: "2", generation: 2 } };

  /** An API server that has `stored`; `next`: what somebody makes of it right after it was read. */
  function server(stored: Cached, next?: Cached) {
    let live = stored;
    const get = async (): Promise<Cached> => {
      const answer = live;
      live = next ?? live;
      return answer;
    };
    // A resourceVersion is all that the server looks at if there is one: see KubeClient.patchStatus.
    const patchStatus = async (
      _: unknown,
      __: unknown,
      patch: object,
      only: Partial<typeof desk.metadata>,
    ) => {
      const { uid, resourceVersion } = live.metadata;
      const isMeant =
        only.resourceVersion === undefined ? only.uid === uid : only.resourceVersion === resourceVersion;
      if (!isMeant) throw new KubeError({ kind: "conflict", alreadyExists: false, message: "changed" });
      live = {
        ...live,
        metadata: { ...live.metadata, resourceVersion: `${Number(resourceVersion) + 1}` },
        status: merge({ ...live.status }, { ...patch }),
      } as Cached;
      return live;
    };
    const objects = new ClusterObjects({
      client: { get, patchStatus } as unknown as KubeClient,
      events: {} as EventRecorder,
      clock: systemClock(),
      onChange: () => undefined,
    });
    objects.changed({ type: "added", object: known });
    return { objects, live: () => live };
  }

  it("is not lost for an edit of the spec", async () => {
    const { objects, live } = server(edited);
    await objects.writeStatus(known, { phoneNumber: "+1" });
    expect(live()).toMatchObject({ metadata: { generation: 2 }, status: { phoneNumber: "+1" } });
    expect(objects.get(objectKey(desk))).toEqual(live());
  });

  const ofSuccessor = { ...edited, status: recorded } as unknown as Cached;
  const afterThat = { ...ofSuccessor, metadata: { ...edited.metadata, resourceVersion: "3" } };
  const namesake = { ...edited, metadata: { ...edited.metadata, uid: "another" } };
  it.each<readonly [string, Cached, Cached | undefined]>([
    ["what another replica has recorded", ofSuccessor, undefined],
    ["what another replica records after our look", edited, afterThat],
    ["the status of another object of that name", namesake, undefined],
  ])("does not replace %s", async (_, stored, next) => {
    const { objects, live } = server(stored, next);
    const writing = objects.writeStatus(known, { phoneNumber: "+1" });
    await expect(writing).rejects.toBeInstanceOf(Overtaken);
    expect(live()).toEqual(next ?? stored);
  });
});

it("keeps of an object what it reads, whoever else writes annotations and labels on it", () => {
  const ours = { "emergency.twilio-operator.io/requested-at": "now" };
  const annotations = { ...ours, "kubectl.kubernetes.io/last-applied-configuration": "{}" };
  const whole = version("2", { annotations, labels: { app: "x" }, managedFields: [{}], finalizers: ["a/b"] });
  expect(slim(whole)).toEqual(version("2", { annotations: ours, finalizers: ["a/b"] }));
  expect(slim(version("2", { labels: { app: "x" } }))).toEqual(version("2"));
});
