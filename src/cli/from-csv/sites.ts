/** From the rows of a spreadsheet to sites with their numbers; every fault is told with its line. */
import { parse, CsvError, type Info } from "csv-parse/sync";
import { faultsOf } from "../manifests/validate.ts";
import { Names, slug } from "../import/names.ts";

export const COLUMNS = [
  ...["site", "customerName", "street", "streetSecondary", "city"],
  ...["region", "postalCode", "isoCountry", "phoneNumber"],
] as const;
const OPTIONAL: ReadonlySet<string> = new Set(["streetSecondary"]);

export interface Site {
  readonly name: string;
  readonly spec: Readonly<Record<string, string>>;
  readonly numbers: readonly { readonly name: string; readonly phoneNumber: string }[];
}

export interface Sites {
  readonly sites: readonly Site[];
  /** `line 7: …`, in the order of the lines. */
  readonly faults: readonly string[];
}

interface Row {
  readonly line: number;
  readonly site: string;
  readonly phoneNumber: string;
  readonly spec: Readonly<Record<string, string>>;
}

export function sitesOf(text: string): Sites {
  const read = rowsOf(text);
  if ("fault" in read) return { sites: [], faults: [read.fault] };
  const faults: { readonly line: number; readonly text: string }[] = [];
  const sites = new Map<string, { readonly first: Row; readonly rows: Row[] }>();
  const lineOf = new Map<string, number>();
  for (const row of read.rows) {
    const say = (fault: string): void => void faults.push({ line: row.line, text: fault });
    if (slug(row.site) === "") say("site needs a name with letters or digits");
    for (const fault of numberFaults(row.phoneNumber)) say(fault);
    const before = lineOf.get(row.phoneNumber);
    if (before !== undefined) say(`phoneNumber ${row.phoneNumber} stands in line ${before} already`);
    else lineOf.set(row.phoneNumber, row.line);
    const known = sites.get(row.site);
    if (known === undefined) {
      for (const fault of faultsOf("EmergencyAddress", { ...row.spec }))
        say(fault.replace(/^spec\.?(: )?/, ""));
      sites.set(row.site, { first: row, rows: [row] });
    } else {
      for (const fault of differences(row, known.first)) say(fault);
      known.rows.push(row);
    }
  }
  return {
    sites: named([...sites.values()]),
    faults: faults.map((fault) => `line ${fault.line}: ${fault.text}`),
  };
}

class HeaderFault extends Error {}

/** Before the rows are read: their lengths are judged by the header. */
function headerOf(names: readonly string[]): string[] {
  const header = names.map((name) => name.trim());
  // The last one would win, and what stands in the others be lost.
  const twice = COLUMNS.find((column) => header.indexOf(column) !== header.lastIndexOf(column));
  if (twice !== undefined) throw new HeaderFault(`line 1: the header has ${twice} twice`);
  const missing = COLUMNS.filter((column) => !header.includes(column) && !OPTIONAL.has(column));
  if (missing.length === 0) return header;
  throw new HeaderFault(`line 1: the header lacks ${missing.join(", ")}; it must be ${COLUMNS.join(",")}`);
}

function rowsOf(text: string): { readonly rows: readonly Row[] } | { readonly fault: string } {
  try {
    const records = parse(text, {
      bom: true,
      columns: headerOf,
      // Spreadsheets of some countries write semicolons.
      delimiter: [",", ";", "\t"],
      info: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as readonly { readonly record: Readonly<Record<string, string>>; readonly info: Info }[];
    if (records.length === 0) return { fault: "line 1: there is no row below the header" };
    return { rows: records.map(({ record, info }) => rowOf(record, info.lines)) };
  } catch (error) {
    if (error instanceof CsvError || error instanceof HeaderFault) return { fault: error.message };
    throw error;
  }
}

function rowOf(record: Readonly<Record<string, string>>, line: number): Row {
  const { site = "", phoneNumber = "", ...rest } = record;
  const fields = Object.entries(rest).filter(([name, value]) => isColumn(name) && value !== "");
  return { line, site, phoneNumber: plainNumber(phoneNumber), spec: Object.fromEntries(fields) };
}

/** Without what people put between the digits; the zero of `+44 (0)20` is dialed only within the country. */
function plainNumber(phoneNumber: string): string {
  return phoneNumber
    .replaceAll(/[\s.-]/g, "")
    .replace(/^(\+[0-9]{1,3})\(0\)/, "$1")
    .replaceAll(/[()]/g, "");
}

function isColumn(name: string): boolean {
  return (COLUMNS as readonly string[]).includes(name);
}

function numberFaults(phoneNumber: string): readonly string[] {
  return /^\+[1-9][0-9]{1,14}$/.test(phoneNumber)
    ? []
    : [`phoneNumber "${phoneNumber}" is not in E.164 form, such as +14155550100`];
}

function differences(row: Row, first: Row): readonly string[] {
  return Object.keys({ ...first.spec, ...row.spec })
    .filter((field) => row.spec[field] !== first.spec[field])
    .map(
      (field) =>
        `${field} of site "${row.site}" is "${row.spec[field] ?? ""}" here and "${first.spec[field] ?? ""}" in line ${first.line}: a site has one address`,
    );
}

function named(sites: readonly { readonly first: Row; readonly rows: readonly Row[] }[]): readonly Site[] {
  const names = new Names();
  return sites.map(({ first, rows }) => {
    const name = names.unique("site", first.site);
    const numbers = rows.map(({ phoneNumber }) => ({
      name: names.unique("binding", `${name} ${phoneNumber}`),
      phoneNumber,
    }));
    return { name, spec: first.spec, numbers };
  });
}
