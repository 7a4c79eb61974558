/** Finds orphans, and removes those that nothing uses when asked to. */
import type { AnyObject } from "../../api/objects.ts";
import { twilioEnvironment, type Config } from "../../config.ts";
import type { KubeObject } from "../../kube/types.ts";
import type { Clock } from "../../lib/clock.ts";
import type { TwilioAccountClient } from "../../twilio/types.ts";
import { ask } from "../ask.ts";
import { connect, readObjects } from "../cluster.ts";
import { TwilioRefusal, UsageError } from "../errors.ts";
import { STANDALONE_OWNER } from "../flags.ts";
import type { Manifests } from "../manifests/read.ts";
import type { OrphansOptions } from "../orphans.ts";
import { accountsIn } from "../standalone/accounts.ts";
import { listAccount } from "../standalone/listing.ts";
import { withAccount } from "../standalone/one-account.ts";
import { manifestsFrom } from "../standalone/session.ts";
import { orphansOf, type Orphan } from "./find.ts";

interface Known {
  readonly ownerId: string;
  readonly objects: readonly AnyObject[];
  readonly secrets: Manifests["secrets"];
}

/** Resolves with the exit code. */
export async function showOrphans(config: Config, options: OrphansOptions, clock: Clock): Promise<number> {
  const known =
    options.file === undefined ? await fromCluster(config, clock) : fromFiles(config, options.file);
  const source = {
    accounts: accountsIn(known.objects),
    secrets: known.secrets,
    environment: twilioEnvironment(),
  };
  return withAccount(config, { clock, source }, async (client) => {
    const orphans = orphansOf(await listAccount(client), known.objects, known.ownerId);
    print(orphans, options);
    if (options.delete !== true) return 0;
    const unused = orphans.filter(({ usedBy }) => usedBy.length === 0);
    if (unused.length === 0) return 0;
    const question = `Delete ${unused.map(({ sid }) => sid).join(", ")} at Twilio? Type yes: `;
    if (options.yes !== true && !(await ask(question))) {
      process.stderr.write("nothing was deleted\n");
      return 1;
    }
    return remove(client, unused, known);
  });
}

function fromFiles(config: Config, paths: readonly string[]): Known {
  const { objects, secrets } = manifestsFrom(paths);
  return { ownerId: config.ownerId ?? STANDALONE_OWNER, objects, secrets };
}

const NAMESPACES = { group: "", version: "v1", plural: "namespaces", kind: "Namespace", namespaced: false };

/** All namespaces: an object in any of them may be the one that an Address belongs to. */
async function fromCluster(config: Config, clock: Clock): Promise<Known> {
  const { client } = connect(config, clock);
  try {
    const index = await readObjects(client, []);
    const objects = (
      ["TwilioAccount", "EmergencyAddress", "PhoneNumberBinding", "SIPDomainSetting"] as const
    ).flatMap((kind) => [...index.all(kind)]);
    const system =
      config.ownerId === undefined
        ? await client.get<KubeObject>(NAMESPACES, { name: "kube-system" })
        : undefined;
    const ownerId = config.ownerId ?? system?.metadata.uid;
    if (ownerId === undefined)
      throw new UsageError("the namespace kube-system does not exist: give --owner-id");
    return { ownerId, objects, secrets: new Map() };
  } finally {
    await client.close();
  }
}

function print(orphans: readonly Orphan[], { output }: OrphansOptions): void {
  if (output === "json") {
    process.stdout.write(`${JSON.stringify({ orphans }, null, 2)}\n`);
    return;
  }
  if (orphans.length === 0) process.stdout.write("No orphans.\n");
  for (const { sid, friendlyName, usedBy } of orphans) {
    const use = usedBy.length === 0 ? "used by nothing" : `used by ${usedBy.join(", ")}`;
    process.stdout.write(`${sid}  ${friendlyName}  ${use}\n`);
  }
}

/** Each after a listing of its own: a number may have been moved there meanwhile. */
async function remove(
  client: TwilioAccountClient,
  orphans: readonly Orphan[],
  known: Known,
): Promise<number> {
  let left = 0;
  for (const { sid } of orphans) {
    const now = orphansOf(await listAccount(client), known.objects, known.ownerId);
    const dependants = await client.listDependentNumbers(sid);
    if (!dependants.ok) throw new TwilioRefusal(client.accountSid, dependants.failure);
    const orphan = now.find((each) => each.sid === sid);
    if (orphan === undefined || orphan.usedBy.length > 0 || dependants.value.length > 0) {
      process.stderr.write(`${sid} is used by now, and stays\n`);
      left += 1;
      continue;
    }
    const answer = await client.deleteAddress(sid);
    if (!answer.ok) throw new TwilioRefusal(client.accountSid, answer.failure);
    process.stdout.write(`deleted ${sid}\n`);
  }
  return left === 0 ? 0 : 1;
}
