/** The objects of a cluster: caches filled by list and watch, and writes through the API server. */
import { API_VERSION, FIELD_MANAGER, FINALIZER, GROUP, PLURALS, VERSION, type Kind } from "../api/names.ts";
import { isGone, type AnyObject, type ObjectKey } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import { equal } from "../lib/equal.ts";
import { Interned } from "../lib/interned.ts";
import type { ListResult } from "../kube/call-options.ts";
import type { KubeClient } from "../kube/client.ts";
import { isKind } from "../kube/errors.ts";
import type { EventRecorder } from "../kube/events.ts";
import { mergePatchOf } from "../kube/merge-patch.ts";
import { isNewer } from "../kube/resource-version.ts";
import type { Change } from "../kube/store.ts";
import type { KubeObject, ResourceType } from "../kube/types.ts";
import { ObjectIndex } from "./object-index.ts";
import {
  objectKey,
  Overtaken,
  textOf,
  type ChangeKind,
  type Happening,
  type ObjectSource,
} from "./objects.ts";

export function resourceType(kind: Kind): ResourceType {
  return { group: GROUP, version: VERSION, plural: PLURALS[kind], kind, namespaced: true };
}

/** An object as the caches hold it. */
export type Cached = AnyObject & KubeObject;

export interface ClusterObjectsOptions {
  readonly client: KubeClient;
  readonly events: EventRecorder;
  readonly clock: Clock;
  /** Absent: all namespaces. */
  readonly namespaces?: readonly string[];
  /** Told after every change. */
  readonly onChange: (object: AnyObject, previous: AnyObject | undefined, by: ChangeKind) => void;
}

/** How long a watch may lag behind our own writes. */
const ECHO_MS = 60_000;

export class ClusterObjects implements ObjectSource {
  readonly objects = new ObjectIndex();
  readonly #options: ClusterObjectsOptions;
  /** When we last had an object from a write or a live read. */
  readonly #readAt = new Map<string, number>();
  /** When objects went, by uid, the oldest first: the answer to a write, or the watch, may come after the news of it. */
  readonly #goneAt = new Map<string, number>();

  constructor(options: ClusterObjectsOptions) {
    this.#options = options;
  }

  /** To be called for every change that a cache reports. */
  changed(change: Change<Cached>): void {
    const { object } = change;
    if (change.type === "deleted") {
      this.#remove(object);
      return;
    }
    if (this.#hasGone(object)) return;
    const before = this.objects.get(objectKey(object));
    if (before !== undefined && this.#isBehind(object, before)) return;
    this.objects.put(object);
    this.#options.onChange(object, before, "other");
  }

  /** Told once, whoever brings the news: the watch, a live read or our own release. */
  #remove(object: AnyObject): void {
    const before = this.objects.get(objectKey(object));
    if (before?.metadata.uid !== object.metadata.uid) return;
    const now = this.#options.clock.now();
    for (const [uid, at] of this.#goneAt) if (now - at > ECHO_MS) this.#goneAt.delete(uid);
    this.#goneAt.set(object.metadata.uid, now);
    this.#readAt.delete(textOf(objectKey(object)));
    this.objects.remove(objectKey(object));
    this.#options.onChange(before, before, "gone");
  }

  /** Has this very object gone lately? Not forever: etcd may have been restored. */
  #hasGone({ metadata }: AnyObject): boolean {
    const at = this.#goneAt.get(metadata.uid);
    return at !== undefined && this.#options.clock.now() - at <= ECHO_MS;
  }

  /** Is this an echo of a write or a live read of ours, or older than one? Not forever: etcd may have been restored. */
  #isBehind(object: AnyObject, before: AnyObject): boolean {
    if (before.metadata.uid !== object.metadata.uid) return false;
    if (before.metadata.resourceVersion === object.metadata.resourceVersion) return true;
    const readAt = this.#readAt.get(textOf(objectKey(object)));
    if (readAt === undefined || this.#options.clock.now() - readAt > ECHO_MS) return false;
    return isNewer(before.metadata.resourceVersion, object.metadata.resourceVersion);
  }

  get(key: ObjectKey): AnyObject | undefined {
    return this.objects.get(key);
  }

  all(kind: Kind): readonly AnyObject[] {
    return this.objects.all(kind);
  }

  async refresh(key: ObjectKey): Promise<AnyObject | undefined> {
    const known = this.objects.get(key);
    const live = await this.#options.client.get<Cached>(resourceType(key.kind), key);
    if (live !== undefined) this.#accept(live, known);
    else if (known !== undefined) this.#remove(known);
    return this.objects.get(key);
  }

  async refreshAll(kind: Kind): Promise<void> {
    const { client, namespaces } = this.#options;
    const scopes = namespaces === undefined || namespaces.length === 0 ? [undefined] : namespaces;
    for (const namespace of scopes) {
      const before = new Map(this.objects.all(kind).map((object) => [object.metadata.uid, object]));
      const list = await client.list<Cached>(
        resourceType(kind),
        namespace === undefined ? {} : { namespace },
      );
      for (const item of list.items) this.#accept(item, before.get(item.metadata.uid));
      const all = this.objects.all(kind);
      const known = namespace === undefined ? all : all.filter((one) => one.metadata.namespace === namespace);
      this.#removeMissing(known, list);
    }
  }

  /** Those that came after the moment of the list stay: it cannot have them. */
  #removeMissing(known: readonly AnyObject[], { items, resourceVersion }: ListResult<Cached>): void {
    const listed = new Set(items.map(({ metadata }) => metadata.uid));
    for (const object of known) {
      const { metadata } = object;
      if (!listed.has(metadata.uid) && !isNewer(metadata.resourceVersion, resourceVersion))
        this.#remove(object);
    }
  }

  async writeStatus(
    object: AnyObject,
    status: Readonly<Record<string, unknown>>,
    exact = false,
  ): Promise<AnyObject> {
    const patch = mergePatchOf(object.status ?? {}, status);
    if (patch === undefined) return object;
    const type = resourceType(object.kind);
    const send = ({ metadata }: AnyObject): Promise<AnyObject> => {
      const { uid, resourceVersion } = metadata;
      const only = { uid, resourceVersion };
      return this.#write(object, () => this.#options.client.patchStatus<Cached>(type, metadata, patch, only));
    };
    if (exact) return send(object);
    try {
      return await send(object);
    } catch (error) {
      if (!(error instanceof Overtaken) || !isKind(error.cause, "conflict")) throw error;
      // For an edit of the spec, what an answer of Twilio's left behind must not be lost. Another status is another
      // replica's: its record, and what it knows by now, must stay.
      const live = await this.refresh(objectKey(object));
      if (live === undefined || !isOfSameStatus(live, object)) throw error;
      return send(live);
    }
  }

  async setFinalizer(object: AnyObject, present: boolean): Promise<AnyObject | undefined> {
    const { name, namespace, uid } = object.metadata;
    const finalizers = present ? [FINALIZER] : [];
    const apply = (): Promise<Cached> =>
      this.#options.client.applyFinalizers<Cached>(
        resourceType(object.kind),
        { name, namespace, uid },
        finalizers,
        {
          fieldManager: FIELD_MANAGER,
        },
      );
    return this.#write(object, apply);
  }

  tell(object: AnyObject, happening: Happening): void {
    const { namespace, name, uid } = object.metadata;
    this.#options.events.record({
      ...happening,
      regarding: { apiVersion: API_VERSION, kind: object.kind, namespace, name, uid },
    });
  }

  async #write(object: AnyObject, write: () => Promise<Cached>): Promise<AnyObject> {
    const known = this.objects.get(objectKey(object));
    try {
      return this.#accept(await write(), known);
    } catch (error) {
      if (isKind(error, "conflict") || isKind(error, "notFound"))
        throw new Overtaken(`${textOf(objectKey(object))} was changed meanwhile`, { cause: error });
      throw error;
    }
  }

  /**
   * A state newer than `known`, which was here when we asked for it. What came here since may be newer still, and the
   * watch will not tell it again. What somebody else changed in the state is told like any change.
   */
  #accept(live: Cached, known: AnyObject | undefined): AnyObject {
    const object: AnyObject = slim(live);
    if (this.#hasGone(object)) return object;
    if (isGone(object)) {
      this.#remove(object);
      return object;
    }
    const before = this.objects.get(objectKey(object));
    if (before !== undefined && (this.#isBehind(object, before) || isOvertaken(object, before, known)))
      return before;
    this.#readAt.set(textOf(objectKey(object)), this.#options.clock.now());
    this.objects.put(object);
    const isOthers = before === undefined || isChangedByOthers(object, before);
    this.#options.onChange(object, before, isOthers ? "other" : "own");
    return object;
  }
}

const INTERNED = new Interned(["phoneNumber", "phoneNumberSid", "operation", "retry"]);

/** What is read here of an object: an annotation of kubectl's alone may be larger than all of that. */
export function slim({ apiVersion, kind, metadata, spec, status }: Cached): Cached {
  const { managedFields: _, labels: __, ownerReferences: ___, annotations, ...identity } = metadata;
  INTERNED.share(spec);
  INTERNED.share(status);
  const own = Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(`${GROUP}/`));
  const known = own.length === 0 ? {} : { annotations: Object.fromEntries(own) };
  return {
    apiVersion: INTERNED.share(apiVersion),
    kind: INTERNED.share(kind),
    metadata: { ...identity, namespace: INTERNED.share(identity.namespace), ...known },
    spec,
    ...(status === undefined ? {} : { status }),
  } as Cached;
}

function isOfSameStatus(live: AnyObject, object: AnyObject): boolean {
  return live.metadata.uid === object.metadata.uid && equal(live.status ?? {}, object.status ?? {});
}

function isOvertaken(answer: AnyObject, now: AnyObject, known: AnyObject | undefined): boolean {
  return now !== known && isNewer(now.metadata.resourceVersion, answer.metadata.resourceVersion);
}

function isChangedByOthers(object: AnyObject, before: AnyObject): boolean {
  const { metadata: now } = object;
  const { metadata: then } = before;
  return (
    now.uid !== then.uid ||
    now.generation !== then.generation ||
    now.deletionTimestamp !== then.deletionTimestamp ||
    !equal(now.annotations, then.annotations)
  );
}
