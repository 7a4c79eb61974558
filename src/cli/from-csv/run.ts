/** Reads the spreadsheet and prints manifests, or what is wrong with it. */
import { readFileSync } from "node:fs";
import { UsageError } from "../errors.ts";
import type { FromCsvOptions } from "../from-csv.ts";
import { addressYaml, bindingYaml } from "../import/yaml.ts";
import { sitesOf } from "./sites.ts";

/** Gives the exit code; with any fault nothing is printed but the faults. */
export function convertCsv(file: string, { check, namespace, accountName }: FromCsvOptions): number {
  const { sites, faults } = sitesOf(textOf(file));
  for (const fault of faults) process.stderr.write(`${file}: ${fault}\n`);
  if (faults.length > 0) return 1;
  const numbers = sites.reduce((sum, site) => sum + site.numbers.length, 0);
  process.stderr.write(`${sites.length} sites with ${numbers} numbers\n`);
  if (check === true) return 0;
  const place = { namespace, account: accountName };
  for (const { name, spec, numbers: own } of sites) {
    process.stdout.write(addressYaml(place, { name, spec }, "Manage"));
    for (const number of own) process.stdout.write(bindingYaml(place, number, name, "Manage"));
  }
  return 0;
}

function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
