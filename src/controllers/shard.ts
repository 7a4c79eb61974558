/** What this process may serve now, when there are several of it. */
import type { AnyObject } from "../api/objects.ts";
import { accountName } from "../plan/policy.ts";
import type { Objects } from "../plan/world.ts";

/** An account at Twilio with all its objects is one shard: it is never served by two processes at a time. */
export interface Tenure {
  serves(shard: string): boolean;
  /** When we began to serve it, in ms since the epoch: what was seen before may have been changed by another since. */
  since(shard: string): number;
}

/** The sid of the account that an object belongs to. As long as its account object is missing, that one's name. */
export function shardOf(objects: Pick<Objects, "account">, object: AnyObject): string {
  if (object.kind === "TwilioAccount") return object.spec.accountSid;
  const { namespace } = object.metadata;
  const name = accountName(object);
  return objects.account(namespace, name)?.spec.accountSid ?? `${namespace}/${name}`;
}
