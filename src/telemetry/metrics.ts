/** Metrics by the names of controller-runtime where the meaning is the same. No phone number, address or sid is a label. */
import { collectDefaultMetrics, Registry } from "prom-client";
import { Families } from "./metrics/define.ts";
import { objectMetrics, type ObjectMetrics } from "./metrics/objects.ts";
import { runtimeMetrics, type RuntimeMetrics } from "./metrics/runtime.ts";
import { twilioMetrics, type TwilioMetrics } from "./metrics/twilio.ts";

/** One metric family, for the reference. */
export interface Description {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

export interface Metrics {
  readonly runtime: RuntimeMetrics;
  readonly twilio: TwilioMetrics;
  readonly objects: ObjectMetrics;
  /** Called at every scrape, before the text is made: for what is counted rather than told. */
  onScrape(count: () => void): void;
  /** The text format of Prometheus. */
  text(): Promise<string>;
  /** Our own families by name; those of the Node process are left out. */
  describe(): readonly Description[];
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const families = new Families(registry);
  const counts: (() => void)[] = [];
  const runtime = runtimeMetrics(families);
  const twilio = twilioMetrics(families);
  const objects = objectMetrics(families);
  const own = registry.getMetricsAsArray() as unknown as readonly Family[];
  const descriptions = own.map(({ name, help, type, labelNames }) => ({
    ...{ name, help, type },
    labels: labelNames.filter((label) => label !== "le"),
  }));
  collectDefaultMetrics({ register: registry });
  return {
    ...{ runtime, twilio, objects },
    onScrape: (count) => void counts.push(count),
    text: () => {
      for (const count of counts) count();
      return registry.metrics();
    },
    describe: () => descriptions.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** What prom-client keeps of a family; its types do not say so. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}
