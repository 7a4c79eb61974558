/** Makes metric families in one registry, each with the help that docs/reference/metrics.md prints. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

export interface Described<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
}

export class Families {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter<L extends string>({ name, help, labels }: Described<L>): Counter<L> {
    return new Counter({ name, help, labelNames: labels, registers: this.#registers });
  }

  gauge<L extends string>({ name, help, labels }: Described<L>): Gauge<L> {
    return new Gauge({ name, help, labelNames: labels, registers: this.#registers });
  }

  histogram<L extends string>(
    { name, help, labels }: Described<L>,
    buckets: readonly number[],
  ): Histogram<L> {
    return new Histogram({
      name,
      help,
      labelNames: labels,
      buckets: [...buckets],
      registers: this.#registers,
    });
  }
}

/** Of a pass or a request, in seconds. */
export const QUICK = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Of what takes Twilio's own time, in seconds: from half a second to three days (a number in Great Britain). */
export const LONG = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400, 259_200];
