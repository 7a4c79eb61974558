/** Where the manifests go: nothing is there before all of it is. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../errors.ts";

export interface Output {
  /** More text for the file of this name. Throws UsageError for one that exists. */
  add(name: string, text: string): void;
  /** All has been added. */
  end(): void;
  /** Something went wrong: as if nothing had been added. */
  abandon(): void;
}

export function outputTo(folder: string | undefined): Output {
  return folder === undefined ? new StandardOutput() : new Folder(folder);
}

/** The files one after the other, in the order of their names. */
class StandardOutput implements Output {
  readonly #files = new Map<string, string>();

  add(name: string, text: string): void {
    this.#files.set(name, `${this.#files.get(name) ?? ""}${text}`);
  }

  end(): void {
    const files = [...this.#files].toSorted(([a], [b]) => (a < b ? -1 : 1));
    process.stdout.write(files.map(([, text]) => text).join(""));
  }

  abandon(): void {}
}

/** So much text is kept before it goes into its file. */
const MOST_KEPT = 65_536;

/** Files that get their names at the end; a folder that holds one of them already is left as it is. */
class Folder implements Output {
  readonly #folder: string;
  /** Text that is in no file yet, by the name of the file. */
  readonly #kept = new Map<string, string>();
  readonly #begun = new Set<string>();
  #created: string | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(name: string, text: string): void {
    const path = join(this.#folder, name);
    const kept = this.#kept.get(name);
    if (kept === undefined && existsSync(path))
      throw new UsageError(`${path} is there already, and nothing was written: give another --output folder`);
    this.#kept.set(name, `${kept ?? ""}${text}`);
    if ((kept ?? "").length + text.length > MOST_KEPT) this.#write(name);
  }

  end(): void {
    for (const name of this.#kept.keys()) this.#write(name);
    for (const name of this.#kept.keys()) renameSync(this.#partOf(name), join(this.#folder, name));
  }

  abandon(): void {
    for (const name of this.#begun) rmSync(this.#partOf(name), { force: true });
    if (this.#created !== undefined) rmSync(this.#created, { recursive: true, force: true });
  }

  #write(name: string): void {
    this.#created ??= mkdirSync(this.#folder, { recursive: true });
    // One of an import that was killed is begun anew.
    const flag = this.#begun.has(name) ? "a" : "w";
    this.#begun.add(name);
    writeFileSync(this.#partOf(name), this.#kept.get(name) ?? "", { flag });
    this.#kept.set(name, "");
  }

  #partOf(name: string): string {
    return join(this.#folder, `.${name}.part`);
  }
}
