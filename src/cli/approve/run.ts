/** Shows what would happen, asks, looks again, and writes the annotation. */
import { findCondition } from "../../api/conditions.ts";
import { ANNOTATION, KINDS, PLURALS, type Kind } from "../../api/names.ts";
import { annotation, type PhoneNumberBinding } from "../../api/objects.ts";
import type { Config } from "../../config.ts";
import { resourceType, type Cached } from "../../controllers/cluster-objects.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isKind } from "../../kube/errors.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ApproveOptions } from "../approve.ts";
import { ask } from "../ask.ts";
import { connect, namespaceOf } from "../cluster.ts";
import { UsageError } from "../errors.ts";

/** Resolves with the exit code. Throws UsageError where there is nothing to approve. */
export async function approve(
  target: string,
  { config, clock, yes }: ApproveOptions & { readonly config: Config; readonly clock: Clock },
): Promise<number> {
  const { kind, name } = parsed(target);
  const { client, cluster } = connect(config, clock);
  try {
    const ref = { namespace: namespaceOf(config, cluster), name };
    const shown = await waiting(client, kind, ref);
    process.stdout.write(`${described(shown)}\n`);
    if (yes !== true && !(await ask(`Approve exactly this? Type yes: `))) {
      process.stderr.write("nothing was approved\n");
      return 1;
    }
    return await write(client, ref, shown);
  } finally {
    await client.close();
  }
}

interface Ref {
  readonly namespace: string;
  readonly name: string;
}

interface Waiting {
  readonly object: PhoneNumberBinding;
  readonly plan: NonNullable<NonNullable<PhoneNumberBinding["status"]>["pendingPlan"]>;
}

function parsed(target: string): { readonly kind: Kind; readonly name: string } {
  const [kindText = "", name = "", ...more] = target.split("/");
  const kind = KINDS.find(
    (each) => each.toLowerCase() === kindText.toLowerCase() || PLURALS[each] === kindText.toLowerCase(),
  );
  if (kind === undefined || name === "" || more.length > 0)
    throw new UsageError(`"${target}" is not KIND/NAME, such as PhoneNumberBinding/reception`);
  return { kind, name };
}

async function waiting(client: KubeClient, kind: Kind, ref: Ref): Promise<Waiting> {
  const place = `${kind}/${ref.name} in namespace ${ref.namespace}`;
  const object = await client.get<Cached>(resourceType(kind), ref);
  if (object === undefined) throw new UsageError(`there is no ${place}; see twilio-emergency status`);
  if (object.status?.observedGeneration !== object.metadata.generation)
    throw new UsageError(`${place} was changed and has not been looked at since: try again in a moment`);
  if (object.kind === "PhoneNumberBinding" && object.status?.pendingPlan !== undefined)
    return { object, plan: object.status.pendingPlan };
  const reason = findCondition(object.status?.conditions, "Ready")?.reason ?? "not looked at yet";
  throw new UsageError(`${place} waits for no approval: it is ${reason}`);
}

function described({ object, plan }: Waiting): string {
  const { metadata, status = {} } = object;
  const { steps, domains, hash } = plan;
  const { phoneNumberSid = "", phoneNumber = phoneNumberSid } = status;
  const { emergencyAddressStatus = "unknown", emergencyAddressSid = "no Address" } = status;
  const callers =
    domains.length === 0
      ? []
      : [`It is the emergency caller of ${domains.join(", ")}: their calls are without protection too.`];
  return [
    `PhoneNumberBinding/${metadata.name} in namespace ${metadata.namespace}`,
    `  number   ${phoneNumber}`,
    `  now      ${emergencyAddressStatus} at ${emergencyAddressSid}`,
    `  why      ${findCondition(status.conditions, "Ready")?.message ?? ""}`,
    "",
    "What would happen, in this order:",
    ...steps.map((step, index) => `  ${index + 1}. ${step}`),
    "",
    "Without protection meanwhile: this number. Twilio allows itself 30 minutes, in GB 72 hours.",
    ...callers,
    `Plan ${hash}`,
  ].join("\n");
}

/** Refuses if the plan is another one by now: what was shown is what is approved. */
async function write(client: KubeClient, ref: Ref, shown: Waiting): Promise<number> {
  const { object, plan } = await waiting(client, "PhoneNumberBinding", ref);
  if (plan.hash !== shown.plan.hash || object.metadata.uid !== shown.object.metadata.uid)
    throw new UsageError("the plan has changed since it was shown, and was not approved: look again");
  if (annotation(object, ANNOTATION.approve) === plan.hash)
    throw new UsageError("this plan is approved already; if nothing happens, see twilio-emergency status");
  const { uid, resourceVersion } = object.metadata;
  const patch = { metadata: { annotations: { [ANNOTATION.approve]: plan.hash } } };
  try {
    await client.patch(resourceType("PhoneNumberBinding"), ref, patch, { uid, resourceVersion });
  } catch (error) {
    if (!isKind(error, "conflict")) throw error;
    throw new UsageError("the object was changed this very moment, and was not approved: look again", {
      cause: error,
    });
  }
  process.stdout.write(`approved: ${plan.hash}\n`);
  return 0;
}
