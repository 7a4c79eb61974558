/** The accounts of a run without a cluster, and what their requests are signed with. */
import { API_VERSION } from "../../api/names.ts";
import type { AnyObject, TwilioAccount } from "../../api/objects.ts";
import type { TwilioEnvironment } from "../../config.ts";
import { parseSecret, type SecretSource, type SecretState } from "../../controllers/credentials.ts";
import type { OperatorOptions } from "../../controllers/operator.ts";
import { accountName } from "../../plan/policy.ts";
import type { TwilioAccountClient } from "../../twilio/types.ts";
import { UsageError } from "../errors.ts";
import type { Manifests } from "../manifests/read.ts";

const CREDENTIALS =
  "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET), or give TwilioAccount and Secret manifests with -f";

/** The objects with a TwilioAccount for each that they name: those that no manifest gives stand for `accountSid`. */
export function withAccounts(
  objects: readonly AnyObject[],
  accountSid: string | undefined,
): readonly AnyObject[] {
  const known = new Set(objects.filter((object) => object.kind === "TwilioAccount").map(placeOf));
  const missing = new Map<string, TwilioAccount>();
  for (const object of objects) {
    if (object.kind === "TwilioAccount") continue;
    const { namespace } = object.metadata;
    const name = accountName(object);
    if (known.has(`${namespace}/${name}`)) continue;
    if (accountSid === undefined)
      throw new UsageError(
        `${object.kind}/${object.metadata.name} names the TwilioAccount "${name}", which no manifest gives: ${CREDENTIALS}`,
      );
    missing.set(`${namespace}/${name}`, accountFor(accountSid, namespace, name));
  }
  return [...missing.values(), ...objects];
}

function placeOf({ metadata }: AnyObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** A TwilioAccount that no manifest gives. */
export function accountFor(accountSid: string, namespace: string, name: string): TwilioAccount {
  return {
    apiVersion: API_VERSION,
    kind: "TwilioAccount",
    metadata: {
      ...{ name, namespace, uid: `TwilioAccount/${namespace}/${name}`, resourceVersion: "1", generation: 1 },
      creationTimestamp: "1970-01-01T00:00:00Z",
    },
    spec: { accountSid, credentialsSecretRef: { name: "environment" } },
    status: { observedGeneration: -1 },
  } as unknown as TwilioAccount;
}

/** Secrets from manifests; for accounts without one, the environment. Throws UsageError where neither has any. */
export function secretsOf(
  accounts: readonly TwilioAccount[],
  manifests: Pick<Manifests, "secrets">,
  environment: TwilioEnvironment | undefined,
): SecretSource {
  const found = new Map<string, SecretState>();
  for (const { metadata, spec } of accounts) {
    const key = `${metadata.namespace}/${spec.credentialsSecretRef.name}`;
    const data = manifests.secrets.get(key) ?? environment?.secret;
    if (data === undefined)
      throw new UsageError(
        `no credentials for TwilioAccount/${metadata.name}: its Secret "${spec.credentialsSecretRef.name}" is in no manifest; ${CREDENTIALS}`,
      );
    found.set(key, { kind: "data", data });
  }
  return {
    watch: () => () => {},
    state: (namespace, name) => found.get(`${namespace}/${name}`) ?? { kind: "absent" },
  };
}

/** Where nothing is asked of Twilio, any credentials do. */
export const NO_SECRETS: SecretSource = {
  watch: () => () => {},
  state: () => ({ kind: "data", data: { authToken: "imagined" } }),
};

/** One client for each Twilio account, by its sid. Throws UsageError for Secrets that cannot be used. */
export function clientsOf(
  accounts: readonly TwilioAccount[],
  secrets: SecretSource,
  connect: OperatorOptions["connect"],
): ReadonlyMap<string, TwilioAccountClient> {
  const clients = new Map<string, TwilioAccountClient>();
  for (const account of accounts) {
    const { namespace } = account.metadata;
    const state = secrets.state(namespace, account.spec.credentialsSecretRef.name);
    const parsed = parseSecret(account, state.kind === "data" ? state.data : {});
    if (parsed.kind === "invalid") throw new UsageError(parsed.message);
    if (!clients.has(account.spec.accountSid))
      clients.set(account.spec.accountSid, connect(account, parsed.credentials));
  }
  return clients;
}

export function accountsIn(objects: readonly AnyObject[]): readonly TwilioAccount[] {
  return objects.filter((object) => object.kind === "TwilioAccount");
}
