/** Basic authentication: the account's token, one of its API keys, or those of its parent. */
import { ApiError } from "./errors.ts";
import type { Account, ApiKey, World } from "./world.ts";

/** The account in the path, if the credentials may use it. `rest`: what follows it; "" is the account itself. */
export function authenticate(world: World, { accountSid, rest, authorization }: Asked): Account {
  const account = world.accounts.get(accountSid);
  const [username, password] = decoded(authorization);
  const allowed =
    account === undefined || username === undefined || password === undefined
      ? undefined
      : permissionOf(world, account, username, password);
  if (account === undefined || allowed === undefined) throw new ApiError(401, 20003, "Authenticate");
  if (account.suspended) throw new ApiError(403, 20005, "Account is not active");
  if (allowed === "standard" && rest === "")
    throw new ApiError(401, 20003, "Authentication Error - invalid username");
  return account;
}

interface Asked {
  readonly accountSid: string;
  readonly rest: string;
  readonly authorization: string | undefined;
}

/** A token may do what a main key may; undefined: nothing. */
function permissionOf(
  world: World,
  account: Account,
  username: string,
  password: string,
): ApiKey["type"] | undefined {
  if (username === account.sid) return password === account.authToken ? "main" : undefined;
  const key = account.apiKeys.get(username);
  if (key !== undefined) return key.secret === password ? key.type : undefined;
  const parent = account.parent === undefined ? undefined : world.accounts.get(account.parent);
  return parent === undefined ? undefined : permissionOf(world, parent, username, password);
}

function decoded(authorization = ""): readonly (string | undefined)[] {
  const encoded = /^Basic (.+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}
