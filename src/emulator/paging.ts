/** Pages as the 2010 API gives them: relative uris that echo the filters, and a token that names the next row. */
import { ApiError } from "./errors.ts";
import type { Json } from "./resources.ts";

export interface PageRequest {
  /** Path of the list, as requested. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Under which name the rows stand. */
  readonly key: string;
}

const DEFAULT_SIZE = 50;
const LARGEST = 1000;

/** `rows` are all rows after filtering, `show` makes the JSON of those on the page only. */
export function pageOf<T extends { readonly sid: string }>(
  { path, query, key }: PageRequest,
  rows: readonly T[],
  show: (row: T) => Json,
): Json {
  const size = sizeOf(query);
  const start = startOf(query, rows);
  const page = query["Page"] === undefined ? 0 : Number(query["Page"]);
  const shown = rows.slice(start, start + size);
  const hasNext = start + size < rows.length;
  const uri = (extra: Readonly<Record<string, string>>): string => {
    const { Page: _, PageToken: __, ...filters } = query;
    return `${path}?${new URLSearchParams({ ...filters, PageSize: String(size), ...extra }).toString()}`;
  };
  const next = rows[start + size];
  const previous = rows[Math.max(0, start - size)];
  return {
    [key]: shown.map(show),
    start,
    end: start + Math.max(0, shown.length - 1),
    page,
    page_size: size,
    uri: uri({ Page: String(page) }),
    first_page_uri: uri({ Page: "0" }),
    next_page_uri:
      hasNext && next !== undefined
        ? uri({ Page: String(page + 1), PageToken: `PAID${next.sid.slice(2)}` })
        : null,
    previous_page_uri:
      start > 0 && previous !== undefined
        ? uri({ Page: String(page - 1), PageToken: `PBID${previous.sid.slice(2)}` })
        : null,
  };
}

function sizeOf(query: Readonly<Record<string, string>>): number {
  const text = query["PageSize"];
  if (text === undefined) return DEFAULT_SIZE;
  const size = Number(text);
  if (!Number.isInteger(size) || size < 1) return DEFAULT_SIZE;
  if (size > LARGEST) throw new ApiError(400, 20007, "Page size must be no more than 1000");
  return size;
}

function startOf(query: Readonly<Record<string, string>>, rows: readonly { readonly sid: string }[]): number {
  const token = query["PageToken"];
  if (token === undefined) return Number(query["Page"] ?? 0) * sizeOf(query);
  const id = /^P[AB]ID([0-9a-fA-F]{32})$/.exec(token)?.[1];
  const index = id === undefined ? -1 : rows.findIndex((row) => row.sid.slice(2) === id);
  if (index < 0) throw new ApiError(400, 21481, "Invalid PageToken");
  return index;
}
