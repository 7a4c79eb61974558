/** The objects of the demo as they are now, read again and again, and what changed since the last time. */
import { KINDS, PLURALS, GROUP, VERSION } from "../src/api/names.ts";
import { keyOf, type AnyObject } from "../src/api/objects.ts";
import type { ControlPlane } from "../test/support/control-plane.ts";
import { NAMESPACE } from "./stage.ts";
import { stateOf, tableRow } from "./view.ts";
import type { Screen } from "./screen.ts";

const POLL_MS = 100;

export class Watch {
  readonly #plane: ControlPlane;
  readonly #screen: Screen;
  #objects: readonly AnyObject[] = [];
  #shown = new Map<string, string>();
  #running = true;

  constructor(plane: ControlPlane, screen: Screen) {
    this.#plane = plane;
    this.#screen = screen;
  }

  get objects(): readonly AnyObject[] {
    return this.#objects;
  }

  find(kind: AnyObject["kind"], name: string): AnyObject | undefined {
    return this.#objects.find((object) => object.kind === kind && object.metadata.name === name);
  }

  /** Reads until stop(). */
  async run(): Promise<void> {
    while (this.#running) {
      await this.#read();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  stop(): void {
    this.#running = false;
  }

  /** Resolves when this is true of the objects, or throws an Error that says what stood in the way. */
  async until(what: string, isTrue: () => boolean, timeoutMs = 180_000): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!isTrue()) {
      if (Date.now() > end)
        throw new Error(`waited ${timeoutMs / 1000} s for: ${what}\n${this.#unsettled()}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS / 2));
    }
  }

  /** Every object has been looked at in its present generation and is Ready. */
  isSettled(): boolean {
    return (
      this.#objects.length > 0 &&
      this.#objects.every((object) => isCurrent(object) && stateOf(object).ready === "True")
    );
  }

  async #read(): Promise<void> {
    const lists = await Promise.all(
      KINDS.map(async (kind) => {
        const reply = await this.#plane.send(
          "GET",
          `/apis/${GROUP}/${VERSION}/namespaces/${NAMESPACE}/${PLURALS[kind]}`,
        );
        const { items } = JSON.parse(reply.body) as { readonly items?: readonly AnyObject[] };
        return items ?? [];
      }),
    );
    this.#objects = lists.flat();
    const news: string[] = [];
    const shown = new Map<string, string>();
    for (const object of this.#objects) {
      const row = tableRow(object);
      shown.set(keyOf(object), row);
      if (this.#shown.get(keyOf(object)) !== row) news.push(row);
    }
    if (news.length > 0 || shown.size !== this.#shown.size) this.#screen.table([...shown.values()], news);
    this.#shown = shown;
  }

  #unsettled(): string {
    const open = this.#objects.filter((object) => !isCurrent(object) || stateOf(object).ready !== "True");
    return open
      .map((object) => {
        const ready = object.status?.conditions?.find((condition) => condition.type === "Ready");
        return `  ${keyOf(object)}: ${ready?.reason ?? "no status"}: ${ready?.message ?? ""}`;
      })
      .join("\n");
  }
}

export function isCurrent(object: AnyObject): boolean {
  return object.status?.observedGeneration === object.metadata.generation;
}
