import { expect, it } from "vitest";
import { ManualClock } from "../../test/support/manual-clock.ts";
import { ACCOUNT, numberRecord, sid } from "../../test/support/planning.ts";
import { AccountSnapshot } from "../twilio/snapshot.ts";
import type { Answer, NumberRecord, TwilioAccountClient } from "../twilio/types.ts";
import { send } from "./twilio-steps.ts";

const PN = sid("PN", 1);
const AD = sid("AD", 1);
const registered = numberRecord({ emergencyAddressSid: AD, emergencyAddressStatus: "registered" });
const leaving = numberRecord({ emergencyAddressSid: AD, emergencyAddressStatus: "pending-unregistration" });
const step = { type: "DisassociateAddress", numberSid: PN, addressSid: AD, takesAway: true } as const;

/** A disassociation that Twilio answers when the test says so. */
function scene() {
  const clock = new ManualClock();
  const snapshot = new AccountSnapshot(ACCOUNT, { tagPrefixLength: 20 });
  snapshot.mergeNumber(registered, clock.now());
  const { promise, resolve } = Promise.withResolvers<Answer<NumberRecord>>();
  const client = { disassociateAddress: () => promise } as unknown as TwilioAccountClient;
  const sentAt = clock.now();
  const written = send(client, snapshot, step, clock);
  return { clock, snapshot, sentAt, written, answer: resolve };
}

const statusIn = (snapshot: AccountSnapshot): string | null | undefined =>
  snapshot.number(PN)?.value.emergencyAddressStatus;

it("believes the answer to a write, not a listing that began while it was under way", async () => {
  const { clock, snapshot, sentAt, written, answer } = scene();
  await clock.advance(10);
  snapshot.mergeListing({ numbers: [registered], startedAt: clock.now() });
  await clock.advance(10);
  answer({ ok: true, value: leaving, startedAt: sentAt });
  await written;
  expect(statusIn(snapshot)).toBe("pending-unregistration");
});

it("takes nothing that was asked for before the answer came for what the write did", async () => {
  const { clock, snapshot, sentAt, written, answer } = scene();
  await clock.advance(10);
  const askedAt = clock.now();
  expect(snapshot.writtenAt(PN)).toBeGreaterThan(askedAt);
  await clock.advance(10);
  answer({ ok: false, failure: { kind: "unknown", message: "cut" }, startedAt: sentAt });
  await written;
  snapshot.mergeNumber(registered, askedAt);
  expect(snapshot.writtenAt(PN)).toBe(clock.now());
  expect(snapshot.number(PN)?.observedAt).toBeLessThan(snapshot.writtenAt(PN) ?? 0);
});
