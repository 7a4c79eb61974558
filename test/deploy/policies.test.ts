import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ControllerManager, startControllerManager } from "../support/controller-manager.ts";
import { type CommandResult, type ControlPlane, startControlPlane } from "../support/control-plane.ts";
import { eventually } from "../stories/site.ts";
import { ROOT } from "./tools.ts";

const GROUP = "emergency.twilio-operator.io";
const FINALIZER = `${GROUP}/finalizer`;
const PREFIX = `${GROUP}/`;
/** The kinds with a deletionPolicy, and a spec of each. */
const KINDS = {
  phonenumberbindings: {
    kind: "PhoneNumberBinding",
    work: "Unregister",
    spec: { phoneNumber: "+13035550100", addressRef: { name: "hq" } },
  },
  emergencyaddresses: {
    kind: "EmergencyAddress",
    work: "Delete",
    spec: {
      customerName: "Larkmoor",
      street: "1 Main St",
      city: "Denver",
      region: "CO",
      postalCode: "80202",
      isoCountry: "US",
    },
  },
  sipdomainsettings: {
    kind: "SIPDomainSetting",
    work: "Disable",
    spec: { domainName: "a.sip.twilio.com", emergencyCallingEnabled: true },
  },
} as const;
type Plural = keyof typeof KINDS;
const PLURALS = Object.keys(KINDS) as readonly Plural[];

let plane: ControlPlane;
let manager: ControllerManager;
let namespace = "";
let count = 0;

beforeAll(async () => {
  plane = await startControlPlane();
  manager = await startControllerManager(plane);
  await must(["apply", "--server-side", "-f", `${ROOT}/crds`]);
  await must(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
  await must(["apply", "-k", `${ROOT}/deploy/policies`]);
  await must(["create", "namespace", "probe"]);
  namespace = "probe";
  // A policy is in force a moment after it was written.
  for (const plural of PLURALS) {
    await create(plural, "probe", { deletionPolicy: KINDS[plural].work });
    await until(
      `${plural} are protected`,
      async () => (await remove(plural, "probe", "--dry-run=server")).code !== 0,
    );
  }
  await until(
    "the CRDs are protected",
    async () => (await removeCrd("twilioaccounts", "--dry-run=server")).code !== 0,
  );
  await until("namespaces are protected", async () => {
    const done = await plane.kubectl(["delete", "namespace", "probe", "--dry-run=server"]);
    return done.code !== 0;
  });
});
afterAll(async () => {
  await manager.stop();
  await plane.stop();
});
beforeEach(async () => {
  count += 1;
  namespace = `policies-${count}`;
  await must(["create", "namespace", namespace]);
});

async function must(args: readonly string[], input?: string): Promise<string> {
  const done = await plane.kubectl(args, input);
  if (done.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

async function until(what: string, ask: () => Promise<boolean>, ms = 30_000): Promise<void> {
  const found = await eventually(async () => ((await ask()) ? true : undefined), ms);
  if (found === undefined) throw new Error(`waited in vain until ${what}`);
}

async function create(plural: Plural, name: string, spec: object = {}, metadata: object = {}): Promise<void> {
  const { kind, spec: usual } = KINDS[plural];
  const object = {
    apiVersion: `${GROUP}/v1alpha1`,
    kind,
    metadata: { name, namespace, ...metadata },
    spec: { ...usual, ...spec },
  };
  await must(["create", "-f", "-"], JSON.stringify(object));
}

function remove(plural: Plural, name: string, ...flags: readonly string[]): Promise<CommandResult> {
  return plane.kubectl(["delete", "--wait=false", "-n", namespace, `${plural}.${GROUP}`, name, ...flags]);
}

function removeCrd(plural: string, ...flags: readonly string[]): Promise<CommandResult> {
  return plane.kubectl(["delete", "--wait=false", "crd", `${plural}.${GROUP}`, ...flags]);
}

async function metadataOf(plural: Plural, name: string): Promise<{ deletionTimestamp?: string } | undefined> {
  const done = await plane.kubectl(["get", "-n", namespace, `${plural}.${GROUP}`, name, "-o", "json"]);
  return done.code === 0 ? (JSON.parse(done.stdout) as { metadata: object }).metadata : undefined;
}

function confirmed(name: string): object {
  return { annotations: { [`${PREFIX}confirm-delete`]: name } };
}

/** The commands that a refusal advises: from kubectl to the end of the sentence. */
function advised(stderr: string, after: string): string {
  const rest = stderr.slice(stderr.indexOf(after) + after.length);
  return (/kubectl [^]*?(?=\. |$|\n)/.exec(rest)?.[0] ?? "").trim();
}

async function follow(command: string): Promise<void> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
  // -p '{"spec":…}' and the like: one word with its quotes taken off.
  await must(words.slice(1));
}

describe.each(PLURALS)("deleting %s", (plural) => {
  const { work } = KINDS[plural];

  it("goes through when nothing is to be done at Twilio", async () => {
    await create(plural, "plain");
    await create(plural, "watched", { deletionPolicy: work, managementPolicy: "Observe" });
    for (const name of ["plain", "watched"]) {
      const done = await remove(plural, name);
      expect(done.stderr).toBe("");
      expect(await metadataOf(plural, name)).toBeUndefined();
    }
  });

  it("is refused until it is confirmed, and the refusal says how", async () => {
    await create(plural, "desk", { deletionPolicy: work }, { finalizers: [FINALIZER] });
    const refused = await remove(plural, "desk");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${plural}/desk has deletionPolicy ${work}`);
    expect(await metadataOf(plural, "desk")).not.toHaveProperty("deletionTimestamp");
    await follow(advised(refused.stderr, "To confirm: "));
    const done = await remove(plural, "desk");
    expect(done.stderr).toBe("");
    expect(await metadataOf(plural, "desk")).toHaveProperty("deletionTimestamp");
  });

  it("takes no confirmation that names another object", async () => {
    const metadata = { ...confirmed("other"), finalizers: [FINALIZER] };
    await create(plural, "desk", { deletionPolicy: work }, metadata);
    expect((await remove(plural, "desk")).stderr).toContain("nobody has confirmed");
  });

  it("is refused, confirmed or not, before the operator has taken charge", async () => {
    await create(plural, "desk", { deletionPolicy: work }, confirmed("desk"));
    const refused = await remove(plural, "desk");
    expect(refused.stderr).toContain("the operator has not taken charge of it yet");
    await follow(advised(refused.stderr, "nothing is to be done: "));
    expect((await remove(plural, "desk")).stderr).toBe("");
    expect(await metadataOf(plural, "desk")).toBeUndefined();
  });

  it("is refused in a deletion of all", async () => {
    await create(plural, "desk", { deletionPolicy: work });
    const done = await plane.kubectl([
      "delete",
      "--wait=false",
      "-n",
      namespace,
      `${plural}.${GROUP}`,
      "--all",
    ]);
    expect(done.code).toBe(1);
    const path = `/apis/${GROUP}/v1alpha1/namespaces/${namespace}/${plural}`;
    const reply = await plane.send("DELETE", path);
    expect(reply.status).toBe(403);
    expect(await metadataOf(plural, "desk")).toBeDefined();
  });

  it("lets nobody delete its namespace, until all in it asks for nothing", async () => {
    await create(plural, "plain");
    await create(plural, "desk", { deletionPolicy: work });
    const refused = await plane.kubectl(["delete", "namespace", namespace, "--wait=false"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`the namespace holds ${plural}/desk with deletionPolicy ${work}`);
    await must([
      "patch",
      "-n",
      namespace,
      `${plural}.${GROUP}`,
      "desk",
      "--type=merge",
      "-p",
      '{"spec":{"deletionPolicy":"Retain"}}',
    ]);
    await until("the namespace may be deleted", async () => {
      const done = await plane.kubectl(["delete", "namespace", namespace, "--wait=false"]);
      return done.code === 0;
    });
    await until(
      "the namespace is gone",
      async () => (await plane.kubectl(["get", "namespace", namespace])).code !== 0,
    );
    expect(await metadataOf(plural, "desk")).toBeUndefined();
  });
});

describe.each(PLURALS)("in the middle of a change, %s", (plural) => {
  it("hold their namespace with its credentials, whatever their deletionPolicy says", async () => {
    const held = { finalizers: [FINALIZER, "example.com/other"] };
    await create(plural, "desk", {}, held);
    await until("the namespace is held", async () => {
      const refused = await plane.kubectl(["delete", "namespace", namespace, "--dry-run=server"]);
      return refused.stderr.includes(`${plural}/desk, which is in the middle of a change`);
    });
    const others = JSON.stringify({ metadata: { finalizers: ["example.com/other"] } });
    await must(["patch", "-n", namespace, `${plural}.${GROUP}`, "desk", "--type=merge", "-p", others]);
    await until("the namespace may be deleted", async () => {
      const done = await plane.kubectl(["delete", "namespace", namespace, "--dry-run=server"]);
      return done.code === 0;
    });
  });
});

describe("a namespace whose deletion began all the same", () => {
  const NAMESPACES = ["numbers", "addresses", "domains"].map(
    (word) => `validatingadmissionpolicybinding/twilio-emergency-operator-namespaces-${word}`,
  );

  it("stays Terminating with the sentence in its conditions, and goes after the cure", async () => {
    await create("phonenumberbindings", "desk", { deletionPolicy: "Unregister" });
    await must(["delete", ...NAMESPACES]);
    try {
      await until("the deletion begins", async () => {
        const done = await plane.kubectl(["delete", "namespace", namespace, "--wait=false"]);
        return done.code === 0;
      });
      const conditions = () => must(["get", "namespace", namespace, "-o", "jsonpath={.status.conditions}"]);
      await until("the namespace tells why", async () =>
        (await conditions()).includes("nobody has confirmed"),
      );
      expect(await metadataOf("phonenumberbindings", "desk")).not.toHaveProperty("deletionTimestamp");
      const told = JSON.parse(await conditions()) as readonly { message: string }[];
      const sentence = told.find(({ message }) => message.includes("nobody has confirmed"))?.message ?? "";
      await follow(advised(sentence.split(", Unhandled")[0] ?? "", "as it is: "));
      await until(
        "the namespace is gone",
        async () => (await plane.kubectl(["get", "namespace", namespace])).code !== 0,
      );
    } finally {
      await must(["apply", "-k", `${ROOT}/deploy/policies`]);
    }
  });
});

describe("an older CRD in place of a newer one", () => {
  const LABEL = `${PREFIX}schema`;
  const label = (value: string) =>
    plane.kubectl(["label", "--overwrite", "crd", `twilioaccounts.${GROUP}`, `${LABEL}${value}`]);

  it("is refused, and goes in where somebody has confirmed it", async () => {
    await must(["label", "--overwrite", "crd", `twilioaccounts.${GROUP}`, `${LABEL}=7`]);
    await until("CRDs are protected from going back", async () => (await label("=6")).code !== 0);
    const older = await plane.kubectl(["apply", "--server-side", "--force-conflicts", "-f", `${ROOT}/crds`]);
    expect(older.code).toBe(1);
    expect(older.stderr).toContain(`twilioaccounts.${GROUP} would go back from schema 7 to 1`);
    expect((await label("-")).stderr).toContain("from schema 7 to 0");
    expect((await label("=8")).stderr).toBe("");
    await follow(advised(older.stderr, "If you must: "));
    const confirmed = await plane.kubectl([
      "apply",
      "--server-side",
      "--force-conflicts",
      "-f",
      `${ROOT}/crds`,
    ]);
    expect(confirmed.stderr).toBe("");
    await must(["annotate", "crd", `twilioaccounts.${GROUP}`, `${PREFIX}confirm-downgrade-`]);
  });
});

// Last: what it leaves behind has no CRDs any more.
describe("deleting a CRD", () => {
  it("is refused until it is confirmed on the CRD, and others are left alone", async () => {
    await create("phonenumberbindings", "desk");
    for (const plural of ["twilioaccounts", ...PLURALS]) {
      const refused = await removeCrd(plural);
      expect(refused.stderr, plural).toContain(`deleting ${plural}.${GROUP} deletes every`);
    }
    const refused = await removeCrd("twilioaccounts");
    await follow(advised(refused.stderr, "if that is what you want: "));
    const done = await removeCrd("twilioaccounts");
    expect(done.stderr).toBe("");
    expect(await metadataOf("phonenumberbindings", "desk")).toBeDefined();
  });

  it("of which nothing is left holds up no other namespace", async () => {
    for (const plural of PLURALS) {
      await must(["annotate", "crd", `${plural}.${GROUP}`, `${PREFIX}confirm-delete=${plural}.${GROUP}`]);
      await must([
        "patch",
        "crd",
        `${plural}.${GROUP}`,
        "--type=merge",
        "-p",
        '{"metadata":{"finalizers":[]}}',
      ]);
      expect((await removeCrd(plural)).stderr).toBe("");
    }
    await until("the namespace is deleted", async () => {
      const done = await plane.kubectl(["delete", "namespace", namespace, "--wait=false"]);
      return done.code === 0;
    });
    await until(
      "the namespace is gone",
      async () => (await plane.kubectl(["get", "namespace", namespace])).code !== 0,
    );
    expect((await plane.kubectl(["get", "namespace", namespace])).stderr).toContain("not found");
  });
});
