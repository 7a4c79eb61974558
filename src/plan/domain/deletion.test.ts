/** When a SIPDomainSetting that is being deleted is let go, and what is done at Twilio before. */
import { describe, expect, it } from "vitest";
import { DESK, HQ, sid, TERMINATING, world } from "../../../test/support/builders.ts";
import { ANNOTATION } from "../../api/names.ts";

const DOMAIN = sid("SD", 1);
const OTHER = sid("SD", 2);
const DISABLE = { type: "DisableEmergencyCalling", domainSid: DOMAIN };
const RELEASE = { type: "ReleaseFinalizer" };
const NOTHING = { type: "None" };
const CONFIRMED = { ...TERMINATING, annotations: { [ANNOTATION.confirmDelete]: "sip" } };
const ABANDONED = { ...TERMINATING, annotations: { [ANNOTATION.confirmAbandon]: "sip" } };

/** `sip` is being deleted, and its deletionPolicy asks for work. */
const scene = (metadata: object, spec: object = {}, twilio: object = {}) =>
  world()
    .account()
    .domain("sip", { metadata, spec: { domainSid: DOMAIN, deletionPolicy: "Disable", ...spec } })
    .twilioDomain({ sid: DOMAIN, emergencyCallingEnabled: true, ...twilio });
const ruled = (built: ReturnType<typeof scene>) => built.plan("SIPDomainSetting", "sip");
const younger = { creationTimestamp: "2026-02-01T00:00:00Z" };

describe("a domain object that is being deleted", () => {
  it("is held until its deletion is confirmed", () => {
    const ruling = ruled(scene(TERMINATING));
    expect(ruling).toMatchObject({ step: NOTHING, reason: "DeletionBlocked" });
    expect(ruling.message).toContain(`${ANNOTATION.confirmDelete}=sip`);
  });

  it("disables its domain, clears the caller, and goes", () => {
    expect(ruled(scene(CONFIRMED)).step).toEqual(DISABLE);
    const off = { emergencyCallingEnabled: false };
    const withCaller = scene(CONFIRMED, {}, { ...off, emergencyCallerSid: DESK });
    expect(ruled(withCaller.registered(HQ)).step).toEqual({
      type: "ClearEmergencyCaller",
      domainSid: DOMAIN,
    });
    expect(ruled(scene(CONFIRMED, {}, off)).step).toEqual(RELEASE);
  });

  it("goes without being confirmed where its domain is off and has no caller", () => {
    expect(ruled(scene(TERMINATING, {}, { emergencyCallingEnabled: false })).step).toEqual(RELEASE);
  });

  it.each([
    ["a person abandons it", ABANDONED, {}],
    ["it only observes", TERMINATING, { managementPolicy: "Observe" }],
    ["its deletionPolicy asks for nothing", TERMINATING, { deletionPolicy: "Retain" }],
    ["it is suspended and abandoned", ABANDONED, { suspend: true }],
  ])("goes at once where %s", (_, metadata, spec) => {
    expect(ruled(scene(metadata, spec)).step).toEqual(RELEASE);
  });

  it("is held while it is suspended, confirmed or not", () => {
    for (const metadata of [TERMINATING, CONFIRMED])
      expect(ruled(scene(metadata, { suspend: true }))).toMatchObject({ step: NOTHING, reason: "Suspended" });
  });
});

describe("a domain that a second object stands for", () => {
  it("stays on: the one that is being deleted goes and writes nothing, older or younger", () => {
    const second = { spec: { domainSid: DOMAIN } };
    expect(ruled(scene(CONFIRMED).domain("second", second)).step).toEqual(RELEASE);
    expect(ruled(scene(CONFIRMED).domain("second", { ...second, metadata: younger })).step).toEqual(RELEASE);
  });

  it("stays on for an object of another namespace, and one that names it by its name", () => {
    const elsewhere = { metadata: { namespace: "other", ...younger }, spec: { domainSid: DOMAIN } };
    const accounts = { metadata: { namespace: "other" } };
    expect(ruled(scene(CONFIRMED).account("default", accounts).domain("sip", elsewhere)).step).toEqual(
      RELEASE,
    );
    const byName = { spec: { domainSid: undefined, domainName: "acme.sip.twilio.com" } };
    expect(ruled(scene(CONFIRMED).domain("second", { ...byName, metadata: younger })).step).toEqual(RELEASE);
  });

  it("is disabled by the older one where both are being deleted: the younger goes first", () => {
    const second = { spec: { domainSid: DOMAIN, deletionPolicy: "Disable" } };
    const young = { ...second, metadata: { ...TERMINATING, ...younger } };
    const old = { ...second, metadata: { ...TERMINATING, creationTimestamp: "2025-01-01T00:00:00Z" } };
    expect(ruled(scene(CONFIRMED).domain("second", young)).step).toEqual(DISABLE);
    expect(ruled(scene(CONFIRMED).domain("second", old)).step).toEqual(RELEASE);
  });

  it("is not claimed by objects of other domains, nor of domains that Twilio does not have", () => {
    const built = scene(CONFIRMED)
      .domain("second", { spec: { domainSid: OTHER } })
      .twilioDomain({ sid: OTHER, domainName: "other.sip.twilio.com" })
      .domain("third", { spec: { domainSid: sid("SD", 3) } });
    expect(ruled(built).step).toEqual(DISABLE);
  });
});
