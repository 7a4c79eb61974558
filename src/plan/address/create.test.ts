/** Making an Address: never a second time, and not again what Twilio has refused. */
import { describe, expect, it } from "vitest";
import {
  CONTENT,
  FOREIGN,
  HQ,
  NOW,
  retrying,
  sid,
  tagOf,
  withoutStatus,
  world,
  type Parts,
  type WorldBuilder,
} from "../../../test/support/builders.ts";
import { anAddress } from "../../../test/support/planning.ts";
import type { NamedRuling } from "../rule.ts";
import { contentHash } from "./content.ts";

const scene = (parts: Parts = {}): WorldBuilder => world().account().address("hq", parts);
const plan = (builder: WorldBuilder): NamedRuling => builder.plan("EmergencyAddress", "hq");
const stepOf = (builder: WorldBuilder): object => plan(builder).step;
const elsewhere = { street: "9 Old St" };
const NONE = { type: "None" };

describe("an address that Twilio refused", () => {
  const error = { message: "Failed to validate address. | Street: 1 MAIN ST", code: 21629 };
  const refused = (status: object): WorldBuilder =>
    scene({ status: { lastError: error, retry: retrying(1, 60_000), ...status } });

  it("waits for the slow retry, in Twilio's words, with what it suggests", () => {
    const suggestedAddress = { city: "DENVER", street: "1 MAIN ST" };
    expect(plan(refused({ suggestedAddress }))).toMatchObject({
      step: NONE,
      reason: "AddressRejected",
      wakeAt: NOW + 60_000,
      message:
        'Twilio refused the address (error 21629, request unknown): Failed to validate address. Twilio suggests: street: "1 MAIN ST", city: "DENVER". Put that into the spec, or set spec.autoCorrect.',
    });
  });

  it("waits as long as what it depends on is as it was", () => {
    const inputs = contentHash(CONTENT);
    expect(plan(refused({ retry: retrying(1, 60_000, inputs) })).reason).toBe("AddressRejected");
    expect(stepOf(refused({ retry: retrying(1, 60_000, `${inputs}+`) }))).toMatchObject({
      type: "CreateAddress",
    });
  });

  it("is sent again when the retry is due, or where no refusal is known", () => {
    expect(stepOf(refused({ retry: retrying(1, 0) }))).toMatchObject({ type: "CreateAddress" });
    expect(stepOf(refused({ lastError: undefined }))).toMatchObject({ type: "CreateAddress" });
  });
});

describe("a create in doubt", () => {
  const TAG = tagOf("hq");
  const doubt = (startedAt: number, target = TAG): WorldBuilder => {
    const started = new Date(startedAt).toISOString();
    return scene({
      status: { operation: { type: "CreateAddress", target, startedAt: started, begun: false } },
    });
  };
  const lookedAt = (startedAt: number, looked: number): WorldBuilder =>
    doubt(startedAt).afterwards((snapshot) => snapshot.noteAbsent(TAG, looked));
  const LOOK = { type: "FindAddress", friendlyName: TAG };

  it("is looked for 5, 15 and 60 seconds after its start", () => {
    expect(plan(doubt(NOW - 4_999))).toMatchObject({ step: NONE, reason: "Pending", wakeAt: NOW + 1 });
    expect(stepOf(doubt(NOW - 5_000))).toEqual(LOOK);
    expect(plan(lookedAt(NOW - 5_000, NOW))).toMatchObject({ step: NONE, wakeAt: NOW + 10_000 });
    expect(stepOf(lookedAt(NOW - 15_000, NOW - 10_000))).toEqual(LOOK);
    expect(plan(lookedAt(NOW - 15_000, NOW))).toMatchObject({ step: NONE, wakeAt: NOW + 45_000 });
    expect(stepOf(lookedAt(NOW - 60_000, NOW - 45_000))).toEqual(LOOK);
  });

  it("is sent again only after the last of these looks", () => {
    expect(plan(lookedAt(NOW - 60_000, NOW - 1)).step).toEqual(LOOK);
    expect(stepOf(lookedAt(NOW - 60_000, NOW))).toMatchObject({ type: "CreateAddress" });
  });

  it("was not looked for before it began", () =>
    expect(plan(lookedAt(NOW - 1_000, NOW - 2_000))).toMatchObject({ step: NONE, wakeAt: NOW + 4_000 }));

  it("was begun before we took over, whatever a clock that ran ahead wrote", () => {
    const ahead = (looked = 0): NamedRuling =>
      plan(lookedAt(NOW + 365 * 24 * 3_600_000, looked).given({ trustedSince: NOW - 60_000 }));
    expect(ahead().step).toEqual(LOOK);
    expect(ahead(NOW - 1).step).toEqual(LOOK);
    expect(ahead(NOW).step).toMatchObject({ type: "CreateAddress" });
  });

  it("says why it waits", () =>
    expect(plan(doubt(NOW)).message).toBe(
      "Twilio's answer to the creation was lost: looking for the Address before it is sent again.",
    ));

  it("of another content holds nothing up", () =>
    expect(stepOf(doubt(NOW, tagOf("hq", elsewhere)))).toMatchObject({ type: "CreateAddress" }));
});

describe("before an Address is created", () => {
  const TAG = tagOf("hq");
  const LOOK = { type: "FindAddress", friendlyName: TAG };
  const written = (at: number): WorldBuilder => scene().afterwards((snapshot) => snapshot.noteWrite(TAG, at));

  it("Twilio is looked at, since we took over and after our last one", () => {
    expect(stepOf(scene().given({ trustedSince: NOW }))).toMatchObject({ type: "CreateAddress" });
    expect(stepOf(scene().given({ trustedSince: NOW + 1 }))).toEqual(LOOK);
    expect(stepOf(written(NOW - 1))).toMatchObject({ type: "CreateAddress" });
    expect(stepOf(written(NOW))).toEqual(LOOK);
  });

  it("a look for its name counts, where a listing may be wrong", () => {
    const shrunk = scene()
      .number()
      .afterwards((snapshot) => {
        snapshot.mergeListing({ numbers: [], addresses: [], domains: [], startedAt: NOW + 1 });
      })
      .given({ trustedSince: NOW });
    expect(stepOf(shrunk)).toEqual(LOOK);
    shrunk.afterwards((snapshot) => snapshot.noteAbsent(TAG, NOW));
    expect(stepOf(shrunk)).toMatchObject({ type: "CreateAddress" });
  });
});

describe("an Address that replaces one", () => {
  const TWIN = sid("AD", 3);
  const edited = (builder: WorldBuilder): WorldBuilder =>
    builder
      .tagged("hq", { sid: HQ, emergencyEnabled: false })
      .tagged("hq", { sid: TWIN, emergencyEnabled: false }, 1);

  it("names all that were edited by hand, and remembers them", () => {
    const fresh = edited(
      world()
        .account()
        .object(withoutStatus(anAddress("hq"))),
    );
    expect(plan(fresh).message).toBe(
      `${HQ}, ${TWIN} was edited by hand and is replaced: its numbers move only with approval. The Address is being created and validated.`,
    );
    expect(plan(fresh).drifted).toBe(
      `${HQ}, ${TWIN} was edited by hand and is replaced: its numbers move only with approval.`,
    );
    expect(fresh.status("EmergencyAddress", "hq")["driftedSids"]).toEqual([HQ, TWIN]);
  });

  it("remembers the last eight", () => {
    const driftedSids = Array.from({ length: 8 }, (_, index) => sid("AD", 20 + index));
    const known = edited(scene({ status: { driftedSids: [HQ, ...driftedSids.slice(1)] } }));
    expect(known.status("EmergencyAddress", "hq")["driftedSids"]).toEqual([...driftedSids.slice(1), TWIN]);
  });

  it("remembers the one in spec.sid as its start, also when it is taken out of the spec", () => {
    const adopting = scene({ spec: { sid: FOREIGN } }).twilioAddress({ sid: FOREIGN, ...elsewhere });
    expect(stepOf(adopting)).toMatchObject({ type: "CreateAddress" });
    expect(adopting.status("EmergencyAddress", "hq")).toMatchObject({ adoptedSid: FOREIGN });
    const taken = scene({ status: { adoptedSid: FOREIGN } });
    expect(taken.status("EmergencyAddress", "hq")).toMatchObject({ adoptedSid: FOREIGN });
  });
});
