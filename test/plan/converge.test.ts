/**
 * The planner against a Twilio that lags, fails, refuses and forgets to answer, and against people and machines that
 * interfere at every point: all of it, as a graph (see converge/model.ts).
 */
import { afterAll, expect, it } from "vitest";
import type { AnyObject } from "../../src/api/objects.ts";
import {
  aBinding,
  aDomain,
  anAccount,
  anAddress,
  domainRecord,
  numberRecord,
  sid,
} from "../support/planning.ts";
import { checkEdge, checkQuiet } from "./converge/promises.ts";
import { distances, Exploration, isQuiet, writeInCycle } from "./converge/explore.ts";
import { pass, type State } from "./converge/model.ts";
import { progress } from "./converge/mischief.ts";
import { note } from "./exhaustive/note.ts";

const explored: Record<string, unknown> = {};
afterAll(() => note("converge", explored));

const LIMIT = 200_000;
/** More steps than this are never needed, if Twilio co-operates, wherever one starts. */
const BOUND = 20;

const company = (mischief: number): State => ({
  objects: [
    anAccount({ spec: { maxUnprotected: 1 } }),
    anAddress("hq", { spec: { deletionPolicy: "Retain" } }),
    anAddress("lab", { spec: { street: "2 Lab Rd", deletionPolicy: "Retain" } }),
    aBinding("desk", { spec: { deletionPolicy: "Retain", changePolicy: "Rolling" } }),
    aBinding("spare", {
      spec: { phoneNumberSid: sid("PN", 2), deletionPolicy: "Retain", changePolicy: "Rolling" },
    }),
    aDomain("sip", { spec: { emergencyCallerRef: { name: "spare" }, deletionPolicy: "Retain" } }),
  ],
  numbers: [numberRecord(), numberRecord({ sid: sid("PN", 2), phoneNumber: "+13035550101" })],
  addresses: [],
  domains: [domainRecord({ emergencyCallingEnabled: false })],
  lagging: {},
  lastWrite: {},
  written: {},
  made: 0,
  mischief,
  undone: false,
});

/** Passes in turn until nothing goes on. */
function settled(start: State): State {
  let state = start;
  for (let round = 0; round < 30; round += 1) {
    for (const { kind, metadata } of state.objects)
      if (kind !== "TwilioAccount") state = pass(state, metadata.name)?.state ?? state;
    for (const { next } of progress(state).slice(0, 1)) state = next;
  }
  return { ...state, lastWrite: {}, written: {} };
}

function edited(state: State, name: string, spec: object): State {
  const edit = (object: AnyObject): AnyObject =>
    object.metadata.name === name
      ? ({
          ...object,
          metadata: { ...object.metadata, generation: 2 },
          spec: { ...object.spec, ...spec },
        } as AnyObject)
      : object;
  return { ...state, objects: state.objects.map(edit) };
}

const STARTS: Readonly<Record<string, () => State>> = {
  "an empty account": () => company(0),
  "another street": () => edited(settled(company(1)), "hq", { street: "7 New St" }),
  "another address": () => edited(settled(company(1)), "desk", { addressRef: { name: "lab" } }),
  "no address any more": () => edited(settled(company(1)), "desk", { emergencyStatus: "Inactive" }),
};

it.each(Object.entries(STARTS))(
  "%s: from everywhere it ends well or says how",
  (name, start) => {
    const t = Date.now();
    const graph = new Exploration([start()], checkEdge, LIMIT);
    const far = distances(graph);
    const lost = far.indexOf(Number.POSITIVE_INFINITY);
    expect(lost === -1 ? "" : graph.wayTo(lost)).toBe("");
    const cycle = writeInCycle(graph);
    expect(cycle === undefined ? "" : `${graph.wayTo(cycle.at)}\n  ${cycle.edge.name}`).toBe("");
    for (const [at, edges] of graph.ahead.entries()) {
      if (!isQuiet(edges, at)) continue;
      expect(() => checkQuiet(graph.states[at] as State), graph.wayTo(at)).not.toThrow();
    }
    const steps = Math.max(...far);
    explored[name] = { states: graph.states.length, edges: graph.edges, steps, ms: Date.now() - t };
    expect(steps).toBeLessThan(BOUND);
  },
  300_000,
);
