/** Everything that an operator writes for others to read, as text: its lines, its metrics, its objects and their Events. */
import { KINDS, PLURALS } from "../../src/api/names.ts";
import { GROUP, type Stage } from "./stage.ts";

export interface Outputs {
  readonly log: string;
  readonly metrics: string;
  /** As the API server has them: `spec` is what somebody wrote, `status` what the operator did. */
  readonly objects: string;
  readonly events: string;
}

/** `metricsAddr` is the operator's own. */
export async function outputsOf(stage: Stage, metricsAddr: string): Promise<Outputs> {
  const read = async (group: string, plural: string): Promise<string> => {
    const path = `/apis/${group}/namespaces/${stage.namespace}/${plural}`;
    const reply = await stage.plane.send("GET", path);
    if (reply.status !== 200) throw new Error(reply.body);
    return reply.body;
  };
  const [events, scraped, ...objects] = await Promise.all([
    read("events.k8s.io/v1", "events"),
    fetch(`http://${metricsAddr}/metrics`).then((response) => response.text()),
    ...KINDS.map((kind) => read(`${GROUP}/v1alpha1`, PLURALS[kind])),
  ]);
  return { log: stage.operator.log.join("\n"), metrics: scraped, objects: objects.join("\n"), events };
}

/** A credential as it is, as HTTP sends it, and as a Secret holds it. */
export function formsOf(user: string, password: string): readonly string[] {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  return [password, base64(`${user}:${password}`), base64(password)];
}

/** Which outputs have one of these texts in them; letter case does not count, since Twilio stores streets in capitals. */
export function leaksIn(outputs: Partial<Outputs>, texts: readonly string[]): readonly string[] {
  return Object.entries(outputs).flatMap(([name, output]) =>
    texts
      .filter((text) => output.toLowerCase().includes(text.toLowerCase()))
      .map((text) => `${name} has ${text} in it`),
  );
}
