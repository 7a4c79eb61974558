/** The content of an Address: the seven fields whose change makes it another Address. */
import type { EmergencyAddressSpec } from "../../api/types.gen.ts";
import { shortHash, unambiguous } from "../../lib/hash.ts";

export interface Content {
  readonly customerName: string;
  readonly street: string;
  readonly streetSecondary: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly isoCountry: string;
}

export const CONTENT_FIELDS = [
  "customerName",
  "street",
  "streetSecondary",
  "city",
  "region",
  "postalCode",
  "isoCountry",
] as const satisfies readonly (keyof Content)[];

const contents = new WeakMap<object, Content>();
const hashes = new WeakMap<object, string>();

/** Picks the content out of a spec, a record of Twilio's or a status; an absent field is "". Once for each of them. */
export function contentOf(source: EmergencyAddressSpec | Partial<Content>): Content {
  const known = contents.get(source);
  if (known !== undefined) return known;
  const given = source as Partial<Content>;
  const picked = CONTENT_FIELDS.map((field) => [field, given[field] ?? ""] as const);
  const content = Object.fromEntries(picked) as unknown as Content;
  contents.set(source, content);
  return content;
}

/** Eight characters; the same for a spec wherever and whenever it is computed. */
export function contentHash(source: EmergencyAddressSpec | Partial<Content>): string {
  const known = hashes.get(source);
  if (known !== undefined) return known;
  const content = contentOf(source);
  const hash = shortHash(unambiguous(CONTENT_FIELDS.map((field) => content[field])), 8);
  hashes.set(source, hash);
  return hash;
}

export function sameContent(a: Content, b: Content): boolean {
  return CONTENT_FIELDS.every((field) => a[field] === b[field]);
}

/** Equal but for upper case, punctuation and blanks: what Twilio's validators change without meaning anything by it. */
export function similarContent(a: Content, b: Content): boolean {
  return normalForm(a) === normalForm(b);
}

const forms = new WeakMap<Content, string>();

function normalForm(content: Content): string {
  const known = forms.get(content);
  if (known !== undefined) return known;
  const form = JSON.stringify(CONTENT_FIELDS.map((field) => normal(field, content[field])));
  forms.set(content, form);
  return form;
}

function normal(field: keyof Content, text: string): string {
  const plain = text.normalize("NFC").toUpperCase();
  if (field === "postalCode") return plain.replaceAll(/[\s-]/g, "");
  return plain.replaceAll(/[.,]/g, " ").replaceAll(/\s+/g, " ").trim();
}
