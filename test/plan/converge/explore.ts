/** All states that can be reached from one, as a graph. */
import { mischiefs, progress } from "./mischief.ts";
import { pass, ruleOn, type Answer, type Passed, type State } from "./model.ts";

export interface Edge {
  readonly to: number;
  readonly name: string;
  /** The operator wrote to Twilio. */
  readonly writes: boolean;
}

export interface Graph {
  readonly states: readonly State[];
  /** What happens when nobody interferes: our passes and Twilio's progress. */
  readonly ahead: readonly (readonly Edge[])[];
  readonly edges: number;
  /** How each state was first reached. */
  readonly from: readonly { readonly state: number; readonly name: string }[];
}

export type Check = (before: State, passed: Passed, name: string) => void;

const ANSWERS: readonly Answer[] = ["lost", "refused", "killedBefore", "killedAfter"];

export class Exploration implements Graph {
  readonly states: State[] = [];
  readonly ahead: Edge[][] = [];
  readonly from: { state: number; name: string }[] = [];
  edges = 0;
  readonly #known = new Map<string, number>();
  readonly #check: Check;
  readonly #limit: number;

  constructor(starts: readonly State[], check: Check, limit: number) {
    this.#check = check;
    this.#limit = limit;
    for (const start of starts) this.#index(start, { state: -1, name: "start" });
    for (let at = 0; at < this.states.length; at += 1) this.#expand(at);
  }

  /** The way to a state, for the message of a failure. */
  wayTo(at: number): string {
    const steps: string[] = [];
    for (let now = at; now >= 0;) {
      const { state, name } = this.from[now] ?? { state: -1, name: "?" };
      steps.unshift(name);
      now = state;
    }
    return steps.join("\n  ");
  }

  #index(state: State, from: { state: number; name: string }): number {
    const key = JSON.stringify(state);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.states.length >= this.#limit) throw new Error(`more than ${this.#limit} states`);
    this.#known.set(key, this.states.length);
    this.states.push(state);
    this.from.push(from);
    return this.states.length - 1;
  }

  #expand(at: number): void {
    const state = this.states[at] as State;
    const ahead: Edge[] = [];
    for (const { kind, metadata } of state.objects) {
      if (kind === "TwilioAccount") continue;
      ahead.push(...this.#passes(at, metadata.name));
    }
    for (const { name, next } of progress(state))
      ahead.push({ to: this.#index(next, { state: at, name }), name, writes: false });
    for (const { name, next } of mischiefs(state)) this.#index(next, { state: at, name: `! ${name}` });
    this.edges += mischiefs(state).length + ahead.length;
    this.ahead[at] = ahead;
  }

  #passes(at: number, object: string): readonly Edge[] {
    const state = this.states[at] as State;
    const done = pass(state, object);
    if (done === undefined) return [];
    const step = ruleOn(state, object)?.step.type ?? "";
    const name = `${object}: ${step}`;
    this.#verify(at, done, name);
    const edge = { to: this.#index(done.state, { state: at, name }), name, writes: done.write !== undefined };
    if (done.write !== undefined && state.mischief > 0) this.#mishaps(at, object, name);
    return [edge];
  }

  #mishaps(at: number, object: string, name: string): void {
    const state = this.states[at] as State;
    for (const answer of ANSWERS) {
      const passed = pass({ ...state, mischief: state.mischief - 1 }, object, answer);
      if (passed === undefined) continue;
      this.edges += 1;
      this.#verify(at, passed, `${name}, ${answer}`);
      this.#index(passed.state, { state: at, name: `! ${name}, ${answer}` });
    }
  }

  #verify(at: number, passed: Passed, name: string): void {
    try {
      this.#check(this.states[at] as State, passed, name);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nafter\n  ${this.wayTo(at)}\n  ${name}`, { cause: error });
    }
  }
}

/** Steps from each state to the nearest one where nothing goes on; Infinity where there is none. */
export function distances({ ahead }: Graph): readonly number[] {
  const back = reversed(ahead);
  const far = ahead.map((edges, at) => (isQuiet(edges, at) ? 0 : Number.POSITIVE_INFINITY));
  const queue = [...ahead.keys()].filter((at) => far[at] === 0);
  for (const at of queue) {
    const next = (far[at] as number) + 1;
    const farther = (back[at] as readonly number[]).filter((before) => (far[before] as number) > next);
    for (const before of farther) far[before] = next;
    queue.push(...farther);
  }
  return far;
}

function reversed(ahead: Graph["ahead"]): readonly (readonly number[])[] {
  const back: number[][] = ahead.map(() => []);
  for (const [at, edges] of ahead.entries())
    for (const { to } of edges) if (to !== at) (back[to] as number[]).push(at);
  return back;
}

export function isQuiet(edges: readonly Edge[], at: number): boolean {
  return edges.every(({ to, writes }) => to === at && !writes);
}

/** A write that lies on a cycle when nobody interferes: it leads to where it came from; undefined if there is none. */
export function writeInCycle({ ahead }: Graph): { readonly at: number; readonly edge: Edge } | undefined {
  for (const [at, edges] of ahead.entries())
    for (const edge of edges) if (edge.writes && leadsTo(ahead, edge.to, at)) return { at, edge };
  return undefined;
}

function leadsTo(ahead: Graph["ahead"], from: number, to: number): boolean {
  const seen = new Set([from]);
  for (const at of seen) for (const edge of ahead[at] as readonly Edge[]) seen.add(edge.to);
  return seen.has(to);
}
