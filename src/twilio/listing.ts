/** Reading a listing page by page. A page that is not what the one before promised makes the whole listing unreadable. */
import { failureOf } from "./errors.ts";
import type { HttpResponse } from "./http.ts";
import { Unreadable, type Json } from "./records.ts";

export interface Listing<T> {
  /** Under which name the rows stand. */
  readonly key: string;
  readonly read: (json: Json) => T;
  readonly first: HttpResponse;
  /** Fetches the next page by its relative uri. */
  readonly next: (uri: string) => Promise<HttpResponse>;
  readonly onPage: (rows: readonly T[]) => void;
}

/** More pages than any account has: a listing that never ends is broken. */
const MOST_PAGES = 10_000;

/** Resolves with the count of rows. Throws Unreadable, or what `next` throws. */
export async function readPages<T>({ key, read, first, next, onPage }: Listing<T>): Promise<number> {
  const seen = new Set<unknown>();
  let response = first;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const body = pageOf(response, page);
    const rows = rowsOf(body, key).map((json) => {
      if (seen.has(json["sid"])) throw new Unreadable(`page ${page} repeats a row`);
      seen.add(json["sid"]);
      return read(json);
    });
    onPage(rows);
    const uri = body["next_page_uri"];
    if (uri === null || uri === undefined || uri === "") return seen.size;
    if (typeof uri !== "string") throw new Unreadable(`page ${page} has no usable next_page_uri`);
    response = await next(uri);
  }
  throw new Unreadable("it does not end");
}

function pageOf(response: HttpResponse, page: number): Json {
  if (response.statusCode !== 200) throw new Unreadable(failureOf(response).message);
  let body: Json;
  try {
    body = JSON.parse(response.body) as Json;
  } catch {
    throw new Unreadable(`page ${page} is not JSON`);
  }
  if (typeof body["page"] === "number" && body["page"] !== page)
    throw new Unreadable(`page ${page} calls itself ${body["page"]}`);
  return body;
}

/** `start` and `end` are the positions of the first and last row: fewer rows than that is a truncated page. */
function rowsOf(body: Json, key: string): readonly Json[] {
  const rows = body[key];
  if (!Array.isArray(rows)) throw new Unreadable(`${key} is missing`);
  const { start, end } = body as { readonly start?: unknown; readonly end?: unknown };
  // An empty page says 0 to 0, as one with a single row does.
  const promised = typeof start === "number" && typeof end === "number" ? end - start + 1 : rows.length;
  if (rows.length !== promised && !(rows.length === 0 && promised === 1)) {
    throw new Unreadable(`${key} has ${rows.length} rows instead of ${promised}`);
  }
  return rows as readonly Json[];
}
