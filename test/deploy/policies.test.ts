/** What the policies of deploy/policies refuse, and how the refusals read. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FINALIZER, GROUP } from "../../src/api/names.ts";
import {
  KINDS,
  PLURALS,
  PREFIX,
  advised,
  closePoliced,
  confirmed,
  create,
  follow,
  freshNamespace,
  metadataOf,
  must,
  namespace,
  openPoliced,
  plane,
  remove,
  removeCrd,
  until,
} from "./policed.ts";
import { ROOT } from "./tools.ts";

beforeAll(openPoliced);
afterAll(closePoliced);
beforeEach(freshNamespace);

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
