/** Basic authentication: the account's token, one of its API keys, or the token of its parent. */
import { ApiError } from "./errors.ts";
import type { Account, World } from "./world.ts";

/** The account in the path, if the credentials may use it. */
export function authenticate(world: World, accountSid: string, authorization: string | undefined): Account {
  const account = world.accounts.get(accountSid);
  const [username, password] = decoded(authorization);
  if (
    account === undefined ||
    username === undefined ||
    password === undefined ||
    !isAllowed(world, account, username, password)
  ) {
    throw new ApiError(401, 20003, "Authenticate");
  }
  if (account.suspended) throw new ApiError(403, 20005, "Account is not active");
  return account;
}

function isAllowed(world: World, account: Account, username: string, password: string): boolean {
  if (username === account.sid) return password === account.authToken;
  if (account.apiKeys.has(username)) return account.apiKeys.get(username) === password;
  const parent = account.parent === undefined ? undefined : world.accounts.get(account.parent);
  return parent !== undefined && isAllowed(world, parent, username, password);
}

function decoded(authorization = ""): readonly (string | undefined)[] {
  const encoded = /^Basic (.+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) return [];
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1)];
}
