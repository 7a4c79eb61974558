/** Do the credentials of every account work, for all that the operator reads? Reads only. */
import type { TwilioAccount } from "../../api/objects.ts";
import { connector } from "../../controllers/connect.ts";
import { decodedData, parseSecret } from "../../controllers/credentials.ts";
import type { KubeClient } from "../../kube/client.ts";
import { isKind, KubeError } from "../../kube/errors.ts";
import type { KubeObject } from "../../kube/types.ts";
import { createAccountClients } from "../../twilio/account-clients.ts";
import type { Clock } from "../../lib/clock.ts";
import type { Answer, Failure, TwilioAccountClient } from "../../twilio/types.ts";
import { VERSION } from "../../version.ts";
import { broken, ok, warning, type Finding } from "./finding.ts";

/** Twilio's own, the default first: https://www.twilio.com/docs/global-infrastructure */
const REGIONS = ["us1", "ie1", "au1"];

const SECRETS = { group: "", version: "v1", plural: "secrets", kind: "Secret", namespaced: true };

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

export async function checkAccounts(
  accounts: readonly TwilioAccount[],
  {
    client,
    clock,
    baseUrl,
  }: { readonly client: KubeClient; readonly clock: Clock; readonly baseUrl: string | undefined },
): Promise<readonly Finding[]> {
  if (accounts.length === 0)
    return [warning("there is no TwilioAccount", "create one: see examples/company/10-account.yaml")];
  const transport = createAccountClients({ clock, userAgent: `twilio-emergency/${VERSION}` });
  const connect = connector(transport, baseUrl);
  // An emulator or a gateway is in no region.
  const regions = baseUrl === undefined ? REGIONS : [];
  try {
    const findings = accounts.map((account) => checkAccount(account, { client, connect, regions }));
    return (await Promise.all(findings)).flat();
  } finally {
    await transport.close();
  }
}

async function checkAccount(
  account: TwilioAccount,
  {
    client,
    connect,
    regions,
  }: {
    readonly client: KubeClient;
    readonly connect: ReturnType<typeof connector>;
    readonly regions: readonly string[];
  },
): Promise<readonly Finding[]> {
  const { namespace, name } = account.metadata;
  const ref = { namespace, name: account.spec.credentialsSecretRef.name };
  const what = `TwilioAccount ${namespace}/${name}`;
  const secret = await readSecret(client, ref);
  if (secret instanceof KubeError)
    return [
      broken(
        `${what}: its Secret ${ref.name} cannot be read: ${secret.message}`,
        "see whether the API server is well, and run doctor again",
      ),
    ];
  if (secret === "forbidden")
    return [
      warning(
        `${what}: you may not read its Secret ${ref.name}, so its credentials were not tried`,
        `run doctor as somebody who may: kubectl auth can-i get secret/${ref.name} -n ${namespace}`,
      ),
    ];
  if (secret === undefined)
    return [
      broken(
        `${what}: its Secret ${ref.name} does not exist`,
        `kubectl -n ${namespace} create secret generic ${ref.name} --from-literal=authToken=…`,
      ),
    ];
  const parsed = parseSecret(account, decodedData(secret.data));
  if (parsed.kind === "invalid")
    return [broken(`${what}: ${parsed.message}`, `kubectl -n ${namespace} edit secret ${ref.name}`)];
  const found = await tryCredentials(what, connect(account, parsed.credentials));
  if (!("refused" in found)) return found;
  const connectIn = (region: string): TwilioAccountClient =>
    connect({ ...account, spec: { ...account.spec, twilioRegion: region } }, parsed.credentials);
  return [await findRegion(account, found.refused, { regions, connectIn })];
}

/** Credentials belong to one region: those that are refused in the account's own may be of another. */
export async function findRegion(
  { metadata, spec }: TwilioAccount,
  refused: Failure,
  {
    regions,
    connectIn,
  }: {
    readonly regions: readonly string[];
    readonly connectIn: (region: string) => Pick<TwilioAccountClient, "probe">;
  },
): Promise<Finding> {
  const what = `TwilioAccount ${metadata.namespace}/${metadata.name}`;
  const here = spec.twilioRegion ?? REGIONS[0];
  /** Where Twilio itself has said no: one that was not reached may know them. */
  const refusing: string[] = [];
  for (const region of regions.filter((one) => one !== here)) {
    const probe = await connectIn(region).probe();
    if (probe.ok) {
      const patch = `kubectl -n ${metadata.namespace} patch twilioaccounts ${metadata.name} --type merge -p '{"spec":{"twilioRegion":"${region}"}}'`;
      return broken(`${what}: its credentials are of region ${region}, not of ${here}`, patch);
    }
    if (probe.failure.kind === "unauthorized") refusing.push(region);
  }
  const too = refusing.length === 0 ? "" : `, nor in ${refusing.join(" or ")}`;
  const cure = `correct the Secret ${spec.credentialsSecretRef.name}, or spec.accountSid`;
  return broken(`${what}: Twilio does not let us in${too}: ${said(refused)}`, cure);
}

async function readSecret(
  client: KubeClient,
  ref: { readonly namespace: string; readonly name: string },
): Promise<Secret | KubeError | "forbidden" | undefined> {
  try {
    return await client.get<Secret>(SECRETS, ref);
  } catch (error) {
    if (isKind(error, "forbidden")) return "forbidden";
    if (error instanceof KubeError) return error;
    throw error;
  }
}

/** One call of each kind that the operator reads with. Writes cannot be tried without writing. */
async function tryCredentials(
  what: string,
  twilio: TwilioAccountClient,
): Promise<readonly Finding[] | { readonly refused: Failure }> {
  const probe = await twilio.probe();
  if (!probe.ok && probe.failure.kind === "unauthorized") return { refused: probe.failure };
  if (!probe.ok)
    return [broken(`${what}: Twilio does not let us in: ${said(probe.failure)}`, cureOf(probe.failure))];
  const { status } = probe.value;
  if (status !== undefined && status !== "active")
    return [broken(`${what}: Twilio says the account is ${status}`, "see the account in Twilio's Console")];
  const reads: readonly (readonly [string, Promise<Answer<unknown>>])[] = [
    ["numbers", twilio.listNumbers()],
    ["addresses", twilio.listAddresses()],
    ["SIP domains", twilio.listDomains()],
  ];
  const failed = await Promise.all(
    reads.map(async ([name, read]) => {
      const answer = await read;
      return answer.ok
        ? []
        : [broken(`${what}: its ${name} cannot be listed: ${said(answer.failure)}`, cureOf(answer.failure))];
    }),
  );
  const findings = failed.flat();
  // Twilio lets main keys and tokens read the account; the operator can do without.
  const note = status === undefined ? "; they may not read the account itself, which is not needed" : "";
  return findings.length === 0
    ? [ok(`${what}: its credentials work and may list all that is needed${note}`)]
    : findings;
}

function said({ message, code, requestId }: Failure): string {
  return `${message}${code === undefined ? "" : ` (error ${code}, request ${requestId ?? "unknown"})`}`;
}

function cureOf(failure: Failure): string {
  if (failure.kind === "forbidden") return "use an API key with more permissions, or the auth token";
  return "see whether the cluster reaches Twilio: network policies, proxies, --twilio-base-url";
}
