/** Everything that an API server does to its clients, and people to their namespaces: the same end, no promise broken. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, type ControlPlane } from "../support/control-plane.ts";
import { condition } from "../stories/site.ts";
import type { Case } from "./case.ts";
import { isWhole } from "./chosen.ts";
import { Ground } from "./ground.ts";
import { KubeProxy, type KubeRule } from "./kube-proxy.ts";
import { disturbed, undisturbed } from "./play.ts";
import { brokenPromises } from "./promises.ts";
import { writeResult } from "./results.ts";
import { WORKFLOWS, type Workflow } from "./workflows.ts";

let plane: ControlPlane;
let ground: Ground;
beforeAll(async () => {
  plane = await startControlPlane();
  ground = new Ground("kube", plane);
  await ground.open();
}, 120_000);
afterAll(async () => {
  await ground.close();
  await plane.stop();
});

const named = (name: string): Workflow => {
  const found = WORKFLOWS.find((workflow) => workflow.name === name);
  if (found === undefined) throw new Error(`there is no workflow "${name}"`);
  return found;
};
/** A quick run plays the first. */
const PLAYED = [
  named("change the content of the address of two numbers"),
  named("move a domain's caller with approval"),
  named("delete everything"),
].slice(0, isWhole() ? 3 : 1);

const isStatus = (path: string): boolean => /\/status(\?|$)/.test(path);
const every = (n: number, fault: ReturnType<KubeRule>, only: (path: string) => boolean): KubeRule => {
  let seen = 0;
  return ({ isWatch, method, path }) => {
    if (isWatch || method === "GET" || !only(path)) return undefined;
    seen += 1;
    return seen % n === 0 ? fault : undefined;
  };
};
const ours = (path: string): boolean => path.startsWith("/apis/emergency.");

const FAULTS: readonly (readonly [string, KubeRule])[] = [
  ["every second status patch answered 409", every(2, { status: 409, reason: "Conflict" }, isStatus)],
  [
    "every third request answered 429 by priority and fairness",
    ({ nth, isWatch }) =>
      !isWatch && nth % 3 === 0 ? { status: 429, reason: "TooManyRequests", retryAfter: 1 } : undefined,
  ],
  ["every second write answered 503", every(2, { status: 503, reason: "ServiceUnavailable" }, ours)],
  ["the answer to every second write lost", every(2, "lose the answer", ours)],
  [
    "every watch told 410 three times in four",
    ({ isWatch, nth }) => (isWatch && nth % 4 !== 0 ? "gone" : undefined),
  ],
  [
    "a cache that lags by a second behind our own writes",
    ({ isWatch }) => (isWatch ? { lateMs: 1_000 } : undefined),
  ],
];

/** With the same end as without; the operator reaches the API server through a proxy. */
async function through(
  workflow: Workflow,
  during: (proxy: KubeProxy) => () => void,
): Promise<readonly string[]> {
  const { end } = await ground.play(workflow, (one) => undisturbed(one, workflow));
  const proxy = new KubeProxy(plane);
  const kubeconfig = await proxy.open(ground.kubeconfig, `proxied-${Math.random().toString(36).slice(2)}`);
  try {
    return await ground.play({ ...workflow, kubeconfig }, async (one) => {
      let over = (): void => undefined;
      const begin = (): Promise<void> => {
        over = during(proxy);
        return Promise.resolve();
      };
      try {
        return await disturbed(one, workflow, { end, begin });
      } finally {
        over();
      }
    });
  } finally {
    await proxy.close();
  }
}

function record(name: string): void {
  if (isWhole()) writeResult("kubernetes", name, { workflows: PLAYED.map((workflow) => workflow.name) });
}

describe.concurrent("between the operator and the API server", () => {
  it.each(FAULTS)("%s: ends the same", { timeout: 600_000 }, async (name, rule) => {
    for (const workflow of PLAYED) {
      const broken = await through(workflow, (proxy) => {
        proxy.rule = rule;
        return () => (proxy.rule = () => undefined);
      });
      expect([workflow.name, broken]).toEqual([workflow.name, []]);
    }
    record(name);
  });

  it("every watch cut five times a second: ends the same", { timeout: 600_000 }, async () => {
    for (const workflow of PLAYED) {
      const broken = await through(workflow, (proxy) => {
        const timer = setInterval(() => proxy.cutWatches(), 200);
        return () => clearInterval(timer);
      });
      expect([workflow.name, broken]).toEqual([workflow.name, []]);
    }
    record("every watch cut five times a second");
  });
});

/** A number that has just lost its old address. */
async function midChange(one: Case): Promise<void> {
  await one.site.settled();
  await one.site.patch("address", "hq", { spec: { street: "2 Side St" } });
  await one.site.untilSlot(/unregist/);
}

const BUSY = { type: "answer", status: 409, code: 20409, message: "Busy" } as const;

describe("an API server that dies", () => {
  it(
    "in mid-change and comes back: the number is registered, and nothing was done twice",
    { timeout: 120_000 },
    async () => {
      const broken = await ground.play({}, async (one) => {
        await midChange(one);
        await plane.stopApiServer();
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await plane.startApiServer();
        await one.site.reason("binding", "desk", "Registered", 60_000);
        await one.site.quiet();
        await one.site.check();
        return brokenPromises(one.site, one.trace, { atMostUnprotected: 1 });
      });
      expect(broken).toEqual([]);
      record("API server killed and started again");
    },
  );
});

describe.concurrent("a namespace that is deleted", () => {
  /** What the namespace controller does: first the namespace is Terminating, then everything in it goes, in any order. */
  async function deleteNamespace({ stage }: Case): Promise<void> {
    const { namespace } = stage;
    await plane.send("DELETE", `/api/v1/namespaces/${namespace}`);
    await plane.send("DELETE", `/api/v1/namespaces/${namespace}/secrets`);
    for (const plural of ["twilioaccounts", "phonenumberbindings", "emergencyaddresses", "sipdomainsettings"])
      await plane.send(
        "DELETE",
        `/apis/emergency.twilio-operator.io/v1alpha1/namespaces/${namespace}/${plural}`,
      );
  }

  it("lets settled objects go and leaves their numbers registered", { timeout: 120_000 }, async () => {
    await ground.play({ site: { domains: 1 } }, async (one) => {
      const { site } = one;
      await site.settled();
      await site.domain("sip", {}, "desk");
      await site.reason("domain", "sip", "Configured", 20_000);
      await site.mark();
      await deleteNamespace(one);
      for (const [kind, name] of [
        ["binding", "desk"],
        ["address", "hq"],
        ["domain", "sip"],
      ] as const)
        await site.gone(kind, name);
      expect(await site.writes()).toEqual([]);
      expect(await site.slot()).toMatch(/^AD\w+ registered$/);
    });
    record("namespace deleted with everything settled");
  });

  it(
    "in mid-change holds the number until a person lets it go, and says so",
    { timeout: 120_000 },
    async () => {
      await ground.play({}, async (one) => {
        const { site } = one;
        await site.settled();
        await site.control.addFault({
          name: site.id,
          match: { method: "POST", accountSid: site.sid, form: { EmergencyAddressSid: "*" } },
          action: BUSY,
        });
        await site.patch("address", "hq", { spec: { street: "2 Side St" } });
        await site.untilSlot(/^unregistered$/);
        await deleteNamespace(one);
        const held = await site.reason("binding", "desk", "DeletionBlocked", 30_000);
        expect(condition(held)?.message).toContain("confirm-abandon");
        await site.annotate("binding", "desk", "confirm-abandon");
        await site.gone("binding", "desk");
      });
      record("namespace deleted in mid-change");
    },
  );
});

describe.concurrent("a Secret that is deleted first", () => {
  it(
    "in mid-change stops the change, and the number is registered when it is back",
    { timeout: 120_000 },
    async () => {
      const broken = await ground.play({}, async (one) => {
        const { site } = one;
        await midChange(one);
        await plane.send("DELETE", `/api/v1/namespaces/${site.namespace}/secrets/${site.id}`);
        await site.reason("account", site.id, "SecretNotFound", 30_000);
        await site.secret({ authToken: "token" });
        await site.reason("binding", "desk", "Registered", 30_000);
        await site.quiet();
        await site.check();
        return brokenPromises(site, one.trace, { atMostUnprotected: 1 });
      });
      expect(broken).toEqual([]);
      record("Secret deleted in mid-change");
    },
  );

  it("before its objects blocks their deletion until it is back", { timeout: 120_000 }, async () => {
    await ground.play({}, async (one) => {
      const { site } = one;
      await site.settled(1, { deletionPolicy: "Unregister" });
      await plane.send("DELETE", `/api/v1/namespaces/${site.namespace}/secrets/${site.id}`);
      await site.annotate("binding", "desk", "confirm-delete");
      await site.delete("binding", "desk");
      await site.reason("binding", "desk", "DeletionBlocked", 30_000);
      expect(await site.slot()).toMatch(/^AD\w+ registered$/);
      await site.secret({ authToken: "token" });
      await site.gone("binding", "desk");
      expect(await site.slot()).toBe("unregistered");
    });
    record("Secret deleted before its objects");
  });
});
