/**
 * Walks the whole product of some dimensions without trying each point of it.
 *
 * The planner is a pure function: what it has not read cannot have changed its ruling. So a dimension is given a value
 * only when somebody (planner or promise) reads it, and the walk then comes back for each other value of it. One run
 * that has read 12 of 40 dimensions stands for every combination of the other 28. The reduction is exact: the points
 * that the runs stand for are counted, and the sum must be the size of the product.
 */
export type Dimensions = Readonly<Record<string, readonly unknown[]>>;

interface Decision {
  readonly name: string;
  index: number;
}

export interface Walk {
  /** Runs made. */
  readonly runs: number;
  /** Points of the product that they stand for. */
  readonly states: bigint;
}

export class Choices<D extends Dimensions> {
  readonly dimensions: D;
  readonly #path: Decision[] = [];
  readonly #chosen = new Map<string, unknown>();
  #depth = 0;

  constructor(dimensions: D) {
    this.dimensions = dimensions;
  }

  /** The value of this dimension in the present run. */
  get<K extends keyof D & string>(name: K): D[K][number] {
    if (this.#chosen.has(name)) return this.#chosen.get(name);
    const decision = this.#path[this.#depth] ?? { name, index: 0 };
    if (decision.name !== name)
      throw new Error(`not deterministic: ${decision.name} was read before, now ${name}`);
    this.#path[this.#depth] = decision;
    this.#depth += 1;
    const value = (this.dimensions[name] as readonly unknown[])[decision.index];
    this.#chosen.set(name, value);
    return value;
  }

  /** Has this run read it? */
  has(name: keyof D & string): boolean {
    return this.#chosen.has(name);
  }

  /** What this run has read, for the message of a failure. */
  read(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#chosen);
  }

  /** Calls `run` once for each combination that is read differently. */
  walk(run: () => void): Walk {
    const size = Object.values(this.dimensions).reduce((product, { length }) => product * BigInt(length), 1n);
    let runs = 0;
    let states = 0n;
    do {
      this.#depth = 0;
      this.#chosen.clear();
      run();
      runs += 1;
      states += this.#path.reduce((left, { name }) => left / this.#size(name), size);
    } while (this.#next());
    if (states !== size) throw new Error(`the runs stand for ${states} of ${size} states`);
    return { runs, states };
  }

  #size(name: string): bigint {
    return BigInt((this.dimensions[name] as readonly unknown[]).length);
  }

  /** The last decision that has another value takes it; those after it are made anew. */
  #next(): boolean {
    this.#path.length = this.#depth;
    for (let last = this.#path.pop(); last !== undefined; last = this.#path.pop()) {
      if (last.index + 1 < (this.dimensions[last.name] as readonly unknown[]).length) {
        this.#path.push({ name: last.name, index: last.index + 1 });
        return true;
      }
    }
    return false;
  }
}
