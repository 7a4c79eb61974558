/** Two objects that name one resource at Twilio: one of them may write, and both know which. */
import { describe, expect, it } from "vitest";
import {
  ACCOUNT,
  DESK,
  FOREIGN,
  HQ,
  OLD,
  record,
  sid,
  TERMINATING,
  withoutStatus,
  world,
  type Built,
  type Parts,
  type WorldBuilder,
} from "../../test/support/builders.ts";
import { aBinding, aDomain, anAddress } from "../../test/support/planning.ts";
import type { Managed } from "../api/objects.ts";
import { othersNaming, rivalOfAddress, rivalOfBinding, rivalOfDomain, winsDomain } from "./claims.ts";
import { usableAccount, type UsableAccount } from "./policy.ts";

const OLDER = { creationTimestamp: "2025-01-01T00:00:00Z" };

function accountOf(built: Built, object: Managed): UsableAccount {
  const account = usableAccount(built.world, object);
  if ("reason" in account) throw new Error(account.message);
  return account;
}

/** The rival of the object, were it planned now. */
function rivalOf(built: Built, object: Managed): Managed | undefined {
  const account = accountOf(built, object);
  switch (object.kind) {
    case "EmergencyAddress":
      return rivalOfAddress(built.world, account, object);
    case "PhoneNumberBinding": {
      const number = built.snapshot.number(DESK)?.value;
      if (number === undefined) throw new Error("the number is missing");
      return rivalOfBinding(built.world, account, object, number);
    }
    case "SIPDomainSetting":
      return rivalOfDomain(built.world, account, object);
  }
}

const nameOf = ({ metadata }: Managed): string => `${metadata.namespace}/${metadata.name}`;

/** Those that may write; each of the others is told of one of them. */
function winners(scene: WorldBuilder, kind: Managed["kind"]): readonly string[] {
  const built = scene.build();
  const all = built.index.all(kind) as readonly Managed[];
  const free = all.filter((object) => rivalOf(built, object) === undefined).map(nameOf);
  for (const object of all) {
    const rival = rivalOf(built, object);
    if (rival !== undefined) expect(free).toContain(nameOf(rival));
  }
  return free;
}

describe("of two bindings of one number the one that may write is", () => {
  /** `a` has all that counts less than what `b` is given: it is older, known and first by name. */
  const scene = (a: Parts, b: Parts): WorldBuilder =>
    world()
      .account()
      .address("hq")
      .address("lobby", { spec: { sid: FOREIGN } })
      .twilioAddress({ sid: FOREIGN })
      .tagged("hq", { sid: HQ })
      .binding("a", { spec: { addressRef: { name: "hq" } }, ...a })
      .binding("b", { spec: { addressRef: { name: "nowhere" } }, ...b });
  const known = { phoneNumberSid: DESK };
  const strong = { metadata: OLDER, status: known };
  const ofHq = { spec: { addressRef: { name: "hq" } } };
  const ofLobby = { spec: { addressRef: { name: "lobby" } } };
  const winnersAt = (at: string | null, a: Parts, b: Parts): readonly string[] =>
    winners(scene(a, b).number({ emergencyAddressSid: at }), "PhoneNumberBinding");

  it("the one in the middle of a change, by its record or its way back", () => {
    expect(winnersAt(HQ, strong, { status: { operation: record(HQ, true) } })).toEqual(["site/b"]);
    expect(winnersAt(HQ, strong, { status: { previousAddressSid: OLD } })).toEqual(["site/b"]);
  });

  it("else the one whose Address the number carries: put there by it, adopted or made by its object", () => {
    const other = { ...strong, ...ofLobby };
    expect(winnersAt(OLD, other, { status: { appliedAddressSids: [OLD] } })).toEqual(["site/b"]);
    expect(winnersAt(FOREIGN, { ...strong, ...ofHq }, ofLobby)).toEqual(["site/b"]);
    expect(winnersAt(HQ, other, ofHq)).toEqual(["site/b"]);
  });

  it("no other for an Address of nobody's, or one that is no longer known", () => {
    const [a, b] = [{ ...ofLobby }, { ...ofHq, metadata: OLDER }];
    expect(winnersAt(OLD, a, b)).toEqual(["site/b"]);
    expect(winnersAt(OLD, { ...b }, { ...a })).toEqual(["site/a"]);
    expect(winnersAt(null, { status: { appliedAddressSids: [OLD] } }, b)).toEqual(["site/b"]);
  });

  it("else one that is not being deleted", () => {
    const going = { metadata: { ...OLDER, ...TERMINATING }, status: known };
    expect(winnersAt(null, going, {})).toEqual(["site/b"]);
  });

  it("else the older one", () => {
    expect(winnersAt(null, { status: known }, { metadata: OLDER })).toEqual(["site/b"]);
  });

  it("of one second the one that has found its number before", () => {
    expect(winnersAt(null, {}, { status: known })).toEqual(["site/b"]);
    expect(winnersAt(null, { status: known }, {})).toEqual(["site/a"]);
  });

  it("else the first by namespace, then by name", () => {
    expect(winnersAt(null, {}, {})).toEqual(["site/a"]);
    const twoSites = world()
      .account()
      .account("default", { metadata: { namespace: "annex" } })
      .binding("a")
      .binding("b", { metadata: { namespace: "annex" } })
      .number();
    expect(winners(twoSites, "PhoneNumberBinding")).toEqual(["annex/b"]);
  });

  it("the same where one names the number by its sid and the other by the number itself", () => {
    const byNumber = { phoneNumberSid: undefined, phoneNumber: "+13035550100" };
    expect(winnersAt(null, {}, { metadata: OLDER, spec: byNumber })).toEqual(["site/b"]);
  });

  it("one of two of the same name, in two namespaces", () => {
    const twoSites = world()
      .account()
      .account("default", { metadata: { namespace: "annex" } })
      .binding("desk")
      .binding("desk", { metadata: { namespace: "annex" } })
      .number();
    expect(winners(twoSites, "PhoneNumberBinding")).toEqual(["annex/desk"]);
  });

  it("the same where nobody has written a status yet", () => {
    const fresh = (name: string) => withoutStatus(aBinding(name));
    const twins = world().account().object(fresh("a")).object(fresh("b")).number({ emergencyAddressSid: HQ });
    expect(winners(twins, "PhoneNumberBinding")).toEqual(["site/a"]);
  });
});

it("an object is no rival of itself as it was in memory a moment ago", () => {
  const built = world()
    .account()
    .address("hq", { metadata: OLDER, spec: { sid: FOREIGN } })
    .binding("desk", { status: { operation: record(HQ, true) } })
    .domain("sip", { metadata: OLDER })
    .twilioAddress({ sid: FOREIGN })
    .number()
    .twilioDomain()
    .build();
  for (const read of [anAddress("hq", { spec: { sid: FOREIGN } }), aBinding("desk"), aDomain("sip")])
    expect(rivalOf(built, read)).toBeUndefined();
});

describe("a number whose binding goes is claimed by another binding", () => {
  const claimed = (scene: WorldBuilder): boolean => {
    const built = scene.number().build();
    const [going, number] = [built.get("PhoneNumberBinding", "going"), built.snapshot.number(DESK)?.value];
    if (number === undefined) throw new Error("the number is missing");
    return othersNaming(built.world, accountOf(built, going), going, number);
  };
  const going = () => world().account().binding("going", { metadata: TERMINATING });

  it("that stays, even one that could not write", () => expect(claimed(going().binding("other"))).toBe(true));

  it("but not by one that goes as well, nor by itself", () => {
    expect(claimed(going().binding("other", { metadata: TERMINATING }))).toBe(false);
    expect(claimed(going())).toBe(false);
    expect(claimed(world().account().binding("going"))).toBe(false);
  });
});

describe("of two EmergencyAddress objects that stand for one Address the one that may write is", () => {
  const adopts = { sid: FOREIGN };
  const winnersOf = (scene: WorldBuilder): readonly string[] => winners(scene, "EmergencyAddress");

  it("the one whose tag it carries, however new, although the other one adopts it", () => {
    const scene = world()
      .account()
      .address("a", { metadata: OLDER, spec: { sid: HQ }, status: { adoptedSid: HQ } })
      .address("b")
      .tagged("b", { sid: HQ });
    expect(winnersOf(scene)).toEqual(["site/b"]);
    const adopted = world()
      .account()
      .address("a", { metadata: OLDER, spec: { sid: HQ }, status: { adoptedSid: HQ } })
      .address("b", { spec: { sid: HQ } })
      .tagged("b", { sid: HQ });
    expect(winnersOf(adopted)).toEqual(["site/b"]);
  });

  it("else the older one, also while the Address has not been seen", () => {
    const scene = () =>
      world().account().address("a", { spec: adopts }).address("b", { metadata: OLDER, spec: adopts });
    expect(winnersOf(scene().twilioAddress({ sid: FOREIGN }))).toEqual(["site/b"]);
    expect(winnersOf(scene())).toEqual(["site/b"]);
  });

  it("the one that has adopted it already, if they are of the same second, whatever their names", () => {
    const scene = world()
      .account()
      .address("copy", { spec: { ...adopts, street: "5 Fifth St" } })
      .address("hq", { spec: adopts, status: { sid: FOREIGN, adoptedSid: FOREIGN } })
      .twilioAddress({ sid: FOREIGN });
    expect(winnersOf(scene)).toEqual(["site/hq"]);
    expect(scene.plan("EmergencyAddress", "copy")).toMatchObject({
      step: { type: "None" },
      reason: "Conflict",
    });
    expect(scene.plan("EmergencyAddress", "hq").reason).toBe("Validated");
  });

  it("the first by name where nobody has written a status yet", () => {
    const fresh = (name: string) => withoutStatus(anAddress(name, { spec: adopts }));
    const scene = world().account().object(fresh("b")).object(fresh("a")).twilioAddress({ sid: FOREIGN });
    expect(winnersOf(scene)).toEqual(["site/a"]);
  });

  it("each, where they adopt different ones or none", () => {
    const scene = world()
      .account()
      .address("a", { spec: adopts })
      .address("b", { metadata: OLDER, spec: { sid: HQ } })
      .address("c", { metadata: OLDER })
      .address("d")
      .twilioAddress({ sid: FOREIGN })
      .twilioAddress({ sid: HQ });
    expect(winnersOf(scene)).toEqual(["site/a", "site/b", "site/c", "site/d"]);
  });
});

describe("of two SIPDomainSettings of one domain the one that may write is", () => {
  const winnersOf = (scene: WorldBuilder): readonly string[] => winners(scene, "SIPDomainSetting");
  const scene = (a: Parts, b: Parts): WorldBuilder =>
    world().account().domain("a", a).domain("b", b).twilioDomain();
  const byName = { domainSid: undefined, domainName: "acme.sip.twilio.com" };

  it("one that is not being deleted, else the older one", () => {
    const going = { metadata: { ...OLDER, ...TERMINATING } };
    expect(winnersOf(scene(going, {}))).toEqual(["site/b"]);
    expect(winnersOf(scene({ status: { domainSid: sid("SD", 1) } }, { metadata: OLDER }))).toEqual([
      "site/b",
    ]);
    expect(winnersOf(scene({}, { metadata: OLDER, spec: byName }))).toEqual(["site/b"]);
  });

  it("of one second the one that has found it before, else the first by name", () => {
    expect(winnersOf(scene({}, { status: { domainSid: sid("SD", 1) } }))).toEqual(["site/b"]);
    expect(winnersOf(scene({}, {}))).toEqual(["site/a"]);
    const fresh = (name: string) => withoutStatus(aDomain(name));
    expect(winnersOf(world().account().object(fresh("b")).object(fresh("a")).twilioDomain())).toEqual([
      "site/a",
    ]);
  });

  it("each, where they name different ones or ones that are not at Twilio", () => {
    const other = { metadata: OLDER, spec: { domainSid: sid("SD", 2) } };
    expect(winnersOf(scene({}, other).twilioDomain({ sid: sid("SD", 2), domainName: "b.sip" }))).toEqual([
      "site/a",
      "site/b",
    ]);
    expect(winnersOf(scene({}, other))).toEqual(["site/a", "site/b"]);
    expect(winnersOf(world().account().domain("a").domain("b", other))).toEqual(["site/a", "site/b"]);
  });

  it("the only one that counts where the domain's numbers are asked for", () => {
    const built = scene({}, { metadata: OLDER }).build();
    const wins = (name: string): boolean => {
      const object = built.get("SIPDomainSetting", name);
      return winsDomain(built.world, accountOf(built, object), object);
    };
    expect([wins("a"), wins("b")]).toEqual([false, true]);
  });
});

it("objects of another Twilio account are no rivals", () => {
  const scene = world()
    .account()
    .account("elsewhere", { spec: { accountSid: ACCOUNT.replace(/1$/, "2") } })
    .binding("a")
    .binding("b", { metadata: OLDER, spec: { accountRef: { name: "elsewhere" } } })
    .number();
  expect(rivalOf(scene.build(), scene.build().get("PhoneNumberBinding", "a"))).toBeUndefined();
});
