/** States of the past, for listings that lag. Kept only while a rule needs them. */
import type { Account } from "./world.ts";

interface Past {
  readonly at: number;
  readonly account: Account;
}

const MOST = 500;

export class History {
  readonly #past = new Map<string, Past[]>();

  /** Remembers the account as it is now. */
  remember(account: Account, at: number): void {
    const past = this.#past.get(account.sid) ?? [];
    past.push({ at, account: copyOf(account) });
    this.#past.set(account.sid, past.slice(-MOST));
  }

  /** The account as it was then, or at the beginning of what is remembered. */
  asOf(account: Account, at: number): Account {
    const past = this.#past.get(account.sid) ?? [];
    return past.findLast((state) => state.at <= at)?.account ?? past[0]?.account ?? account;
  }

  get active(): boolean {
    return this.#past.size > 0;
  }

  clear(): void {
    this.#past.clear();
  }
}

/** Numbers without what is still to come: the past does not go on. */
function copyOf(account: Account): Account {
  return {
    ...account,
    addresses: new Map([...account.addresses].map(([sid, address]) => [sid, { ...address }])),
    numbers: new Map(
      [...account.numbers].map(([sid, number]) => [sid, { ...number, due: undefined, statusDue: undefined }]),
    ),
    domains: new Map([...account.domains].map(([sid, domain]) => [sid, { ...domain }])),
  };
}
