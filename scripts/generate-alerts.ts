/**
 * Has every alert point to its page: `runbook_url` in deploy/alerts/ is the `homepage` of package.json, the only place
 * that says where this repository is, and the page of the alert's name. Runs before the copies are made.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

const { homepage } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
  readonly homepage: string;
};
for (const name of ["alerts.yaml", "alerts.test.yaml"]) {
  const path = join(ROOT, "deploy/alerts", name);
  const text = readFileSync(path, "utf8");
  const pointed = text.replaceAll(
    /(?<=runbook_url: )\S+\/(?=\w+\.md$)/gm,
    `${homepage}/blob/main/docs/runbooks/`,
  );
  writeFileSync(path, pointed);
}
