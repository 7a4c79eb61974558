/** Watches the bindings of a namespace: when each came, how often it was changed, when it became Ready. */
import { PlainApi, GROUP_PATH } from "./api.ts";
import type { ControlPlaneAddress } from "../test/support/control-plane/access.ts";

export interface Seen {
  readonly createdAt: number;
  /** Changes after its creation: status patches, finalizers and edits. */
  changes: number;
  readyAt: number | undefined;
}

interface Event {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  };
}

export class Observer {
  readonly seen = new Map<string, Seen>();
  ready = 0;
  #changes = 0;
  #resourceVersion = "";
  readonly #stop = new AbortController();
  readonly #api: PlainApi;
  #waiters: { readonly isSo: () => boolean; readonly done: () => void }[] = [];

  private constructor(address: ControlPlaneAddress) {
    this.#api = new PlainApi(address, 1);
  }

  /** From the present state on. */
  static async start(address: ControlPlaneAddress, namespace: string): Promise<Observer> {
    const observer = new Observer(address);
    const path = `${GROUP_PATH}/namespaces/${namespace}/phonenumberbindings`;
    const list = JSON.parse(await observer.#api.send("GET", `${path}?limit=1`)) as {
      readonly metadata: { readonly resourceVersion: string };
    };
    observer.#resourceVersion = list.metadata.resourceVersion;
    void observer.#follow(path);
    return observer;
  }

  /** Changes of all objects so far. */
  get changes(): number {
    return this.#changes;
  }

  /** Resolves when the condition holds after some event; rejects after `timeoutMs`. */
  async until(what: string, isSo: () => boolean, timeoutMs: number): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`not within ${timeoutMs} ms: ${what}`)), timeoutMs);
      const done = (): void => {
        clearTimeout(timer);
        resolve();
      };
      this.#waiters.push({ isSo, done });
    });
  }

  untilReady(count: number, timeoutMs: number): Promise<void> {
    return this.until(`${count} bindings Ready`, () => this.ready >= count, timeoutMs);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#api.close();
  }

  /** A watcher that is too slow for the server is cut off: it goes on from the last event. */
  async #follow(path: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const from = `?watch=true&resourceVersion=${this.#resourceVersion}&timeoutSeconds=3600`;
      try {
        for await (const line of this.#api.watch(`${path}${from}`, this.#stop.signal)) this.#event(line);
      } catch (error) {
        if (!this.#stop.signal.aborted) process.stderr.write(`bench: a watch has ended: ${String(error)}\n`);
        await new Promise((resolve) => {
          setTimeout(resolve, 500).unref();
        });
      }
    }
  }

  #event(line: string): void {
    const { type, object } = JSON.parse(line) as Event;
    if (type === "ERROR") throw new Error(`the watch failed: ${line}`);
    const now = Date.now();
    const { name, resourceVersion } = object.metadata;
    this.#resourceVersion = resourceVersion;
    const known = this.seen.get(name);
    if (known === undefined) {
      this.seen.set(name, { createdAt: now, changes: 0, readyAt: undefined });
    } else {
      known.changes += 1;
      this.#changes += 1;
      this.#noteReady(known, object, now);
    }
    const met = this.#waiters.filter(({ isSo }) => isSo());
    this.#waiters = this.#waiters.filter((waiter) => !met.includes(waiter));
    for (const { done } of met) done();
  }

  #noteReady(known: Seen, { status }: Event["object"], now: number): void {
    const isReady = status?.conditions?.some((one) => one.type === "Ready" && one.status === "True") === true;
    if (isReady === (known.readyAt !== undefined)) return;
    known.readyAt = isReady ? now : undefined;
    this.ready += isReady ? 1 : -1;
  }
}
