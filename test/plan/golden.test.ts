/** One readable pair for every rule and every row of the table of errors; see golden/pair.ts. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ACCOUNT_RULES } from "../../src/plan/account.ts";
import { ADDRESS_DELETION_RULES } from "../../src/plan/address/deletion.ts";
import { ADDRESS_RULES } from "../../src/plan/address.ts";
import { ACTIVE_RULES } from "../../src/plan/binding/active.ts";
import { DELETION_RULES } from "../../src/plan/binding/deletion.ts";
import { INACTIVE_RULES } from "../../src/plan/binding/inactive.ts";
import { LIVE_RULES, MISSING_RULES } from "../../src/plan/binding.ts";
import { DOMAIN_DELETION_RULES } from "../../src/plan/domain/deletion.ts";
import { DOMAIN_RULES, MISSING_DOMAIN_RULES } from "../../src/plan/domain.ts";
import { note } from "./exhaustive/note.ts";
import { expectedOf, fileOf, pairNames, ruleOf } from "./golden/pair.ts";

const KINDS = {
  account: [ACCOUNT_RULES],
  address: [ADDRESS_RULES, ADDRESS_DELETION_RULES],
  binding: [MISSING_RULES, LIVE_RULES, DELETION_RULES, ACTIVE_RULES, INACTIVE_RULES],
  domain: [MISSING_DOMAIN_RULES, DOMAIN_RULES, DOMAIN_DELETION_RULES],
} as const;

it.each(pairNames())("%s", (name) => {
  expect(readFileSync(fileOf(name, "out"), "utf8"), "npm run golden writes it anew").toBe(expectedOf(name));
});

it.each(Object.entries(KINDS))("every rule of %s has a pair", (kind, lists) => {
  const shown = new Set(
    pairNames()
      .filter((name) => name.startsWith(`${kind}/`))
      .map(ruleOf),
  );
  const names = lists.flatMap((rules: readonly { readonly name: string }[]) => rules.map(({ name }) => name));
  expect(names.filter((name) => !shown.has(name))).toEqual([]);
});

/** The table in docs/design and the pairs that show each of its rows. */
const ERROR_ROWS = {
  "429, 20429": "errors/429",
  "network, 5xx on a write": "errors/5xx-on-a-write",
  "network, 5xx on a create": "errors/5xx-create",
  "401": "errors/401",
  "403 on a write while the probe works": "errors/403-on-a-write",
  "409, 20409, 20162": "errors/409-busy",
  "404 on a thing we know": "errors/404",
  "other 4xx on a write": "errors/4xx-associate",
  "other 4xx on an association in mid-change": "errors/4xx-associate-in-change",
  "other 4xx on a create": "errors/4xx-create",
  "no answer for maxStaleness": "binding/stale",
  "rejected credentials and pending work": "binding/credentials-rejected",
  "the same write twice": "binding/not-converging",
  "a state that no rule names": "binding/unknown-status",
} as const;

it.each(Object.entries(ERROR_ROWS))("the table of errors: %s", (_, pair) => {
  expect(pairNames()).toContain(pair);
});

it("counts them", () => {
  const names = pairNames();
  note("golden", { pairs: names.length, rules: new Set(names.map(ruleOf)).size });
  expect(names.length).toBeGreaterThan(100);
});
