/** Every request the emulator has had, for tests to read and for people to watch. */
export interface RequestRecord {
  readonly id: number;
  /** ms since the epoch, by the emulator's clock. */
  readonly beganAt: number;
  readonly endedAt: number;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accountSid: string;
  /** Form fields of a POST. */
  readonly form: Readonly<Record<string, string>>;
  /** Of the answer; 0 if the connection was cut. */
  readonly status: number;
  readonly code: number | undefined;
  /** A write that changed something. */
  readonly effect: boolean;
  /** Of the resource that was answered, if it was one. */
  readonly sid: string | undefined;
  readonly requestId: string;
  /** Name of the fault rule that applied. */
  readonly fault: string | undefined;
}

const MOST = 200_000;

export class Recorder {
  #records: RequestRecord[] = [];
  #next = 1;
  readonly #listeners = new Set<(record: RequestRecord) => void>();

  add(record: Omit<RequestRecord, "id">): void {
    const numbered = { ...record, id: this.#next };
    this.#next += 1;
    this.#records.push(numbered);
    if (this.#records.length > MOST) this.#records = this.#records.slice(MOST / 2);
    for (const listener of this.#listeners) listener(numbered);
  }

  /** Records after this id. */
  since(id: number): readonly RequestRecord[] {
    return this.#records.filter((record) => record.id > id);
  }

  clear(): void {
    this.#records = [];
  }

  /** Calls for every new record until the returned function is called. */
  listen(listener: (record: RequestRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
