/** From a Secret's data to what a request is signed with. */
import type { TwilioAccount } from "../api/objects.ts";

/** HTTP basic authentication. */
export interface BasicCredentials {
  readonly username: string;
  readonly password: string;
}

export type SecretState =
  /** Not read yet. */
  | { readonly kind: "unknown" }
  | { readonly kind: "absent" }
  | { readonly kind: "unreadable"; readonly message: string }
  /** Decoded values. */
  | { readonly kind: "data"; readonly data: Readonly<Record<string, string>> };

/** The values of a Secret, whose `data` has them in base64. */
export function decodedData(data: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

/** Secrets that accounts name. */
export interface SecretSource {
  /** Calls `onChange` whenever what is known of the Secret changes, until the returned function is called. */
  watch(namespace: string, name: string, onChange: () => void): () => void;
  state(namespace: string, name: string): SecretState;
}

export type ParsedSecret =
  | { readonly kind: "ok"; readonly credentials: BasicCredentials }
  | { readonly kind: "invalid"; readonly message: string };

/** An API key wins over the auth token; the token may be a parent account's. No value of the Secret is in a message. */
export function parseSecret(account: TwilioAccount, data: Readonly<Record<string, string>>): ParsedSecret {
  const value = (key: string): string | undefined => {
    const text = data[key]?.trim();
    return text === "" ? undefined : text;
  };
  const name = account.spec.credentialsSecretRef.name;
  const [sid, secret, token] = [value("apiKeySid"), value("apiKeySecret"), value("authToken")];
  if (sid !== undefined && secret !== undefined)
    return { kind: "ok", credentials: { username: sid, password: secret } };
  if (token !== undefined) {
    return {
      kind: "ok",
      credentials: { username: value("authAccountSid") ?? account.spec.accountSid, password: token },
    };
  }
  const half =
    sid !== undefined
      ? "it has apiKeySid without apiKeySecret"
      : secret !== undefined
        ? "it has apiKeySecret without apiKeySid"
        : "it has neither";
  return {
    kind: "invalid",
    message: `Secret "${name}" needs the key authToken, or the keys apiKeySid and apiKeySecret; ${half}.`,
  };
}
