/** Who lives where, and with which number, stands in the objects; above the level debug it stands nowhere else. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/control-plane/ports.ts";
import { eventually } from "./eventually.ts";
import { fault } from "./faults.ts";
import { leaksIn, outputsOf } from "./outputs.ts";
import type { Site } from "./site.ts";
import { Stage } from "./stage.ts";

const PRELOAD = fileURLToPath(new URL("preload/crash.mjs", import.meta.url));

const HOME = { customerName: "Quillon Partners", street: "77 Verdigris Row", city: "Nederland" };
const MOVED = "78 Verdigris Row";
/** Twilio takes neither, and for the first it has another form. */
const MISSPELT = { street: "645 Harrison Streat", city: "San Francisco", region: "CA", postalCode: "94107" };
const CORRECTED = "645 Harrison St";
const NOWHERE = "1 Nowhere Lane";
const NOT_OURS = "+13039990000";

let stage: Stage;
let metrics: string;
beforeAll(async () => {
  metrics = `127.0.0.1:${await freePort()}`;
  const flags = ["--log-level", "info", "--metrics-addr", metrics];
  stage = await new Stage("privacy", { flags, launch: { node: ["--import", PRELOAD] } }).open();
});
afterAll(() => stage.close());

/** What goes well, what Twilio refuses, what is not found, and a move: all that the operator may have to tell of. */
async function everythingHappens(site: Site): Promise<readonly string[]> {
  const phones = [site.phoneNumber(0), site.phoneNumber(1)];
  const byNumber = (phoneNumber: string, address: string): object => ({
    accountRef: { name: site.id },
    phoneNumber,
    addressRef: { name: site.named("address", address) },
  });
  await site.address("hq", HOME);
  await site.apply("binding", "desk", byNumber(phones[0] ?? "", "hq"));
  await site.domain("sip", {}, "desk");
  // The operator may only just have been started.
  await site.reason("domain", "sip", "Configured", 60_000);
  await site.address("misspelt", MISSPELT);
  await site.reason("address", "misspelt", "AddressRejected");
  await site.address("nowhere", { street: NOWHERE });
  await site.reason("address", "nowhere", "AddressRejected");
  await site.apply("binding", "lost", byNumber(NOT_OURS, "hq"));
  await site.reason("binding", "lost", "NumberNotFound", 30_000);
  const message = `${phones[1]} cannot be at ${HOME.street}`;
  const action = { type: "answer", status: 400, code: 21999, message } as const;
  await fault(site, { match: { method: "POST", path: site.numberSid(1) }, times: 1, action });
  await site.apply("binding", "refused", byNumber(phones[1] ?? "", "hq"));
  await site.apply("binding", "second", byNumber(phones[0] ?? "", "hq"));
  await site.reason("binding", "second", "Conflict");
  await site.patch("address", "hq", { spec: { street: MOVED } });
  await site.reason("binding", "desk", "InUse");
  await site.quiet();
  return phones;
}

describe("at the level info", () => {
  it("no line, metric or Event says who lives where or has which number; a crash neither", async () => {
    const site = await stage.site({ numbers: 2, domains: 1 });
    const phones = await everythingHappens(site);
    const told = await eventually(async () => {
      const { events } = await outputsOf(stage, metrics);
      return ["NumberNotFound", "CreateAddressFailed", "AssociateAddressFailed"].every((reason) =>
        events.includes(reason),
      )
        ? true
        : undefined;
    });
    expect(told).toBe(true);
    const personal = [
      ...Object.values(HOME),
      MOVED,
      MISSPELT.street,
      CORRECTED,
      NOWHERE,
      NOT_OURS,
      ...phones,
    ];
    const { objects, ...others } = await outputsOf(stage, metrics);
    expect(leaksIn(others, personal)).toEqual([]);
    expect(leaksIn({ objects }, [MOVED, CORRECTED, NOT_OURS, ...phones])).toHaveLength(5);
    stage.operator.send("SIGUSR2");
    expect(await stage.operator.ended).toBe(1);
    expect(leaksIn({ log: stage.operator.log.join("\n") }, personal)).toEqual([]);
  });
});
