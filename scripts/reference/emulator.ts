/** Every setting of the emulator with its comment, type and default. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DEFAULTS } from "../../src/emulator/settings.ts";
import { code, page, table } from "./markdown.ts";

interface Member {
  readonly name: string;
  readonly type: string;
  readonly comment: string;
}

export function emulatorPage(root: string): string {
  const source = readFileSync(join(root, "src/emulator/settings.ts"), "utf8");
  const settings = membersOf(source, "Settings");
  const missing = Object.keys(DEFAULTS).filter((name) => !settings.some((member) => member.name === name));
  if (missing.length > 0) throw new Error(`no member of Settings was read for ${missing.join(", ")}`);
  return page("Settings of the emulator", "src/emulator/settings.ts", [
    "What the [emulator](../guide/emulator.md) does where Twilio can be slow, can refuse, or is not documented. `PATCH /_emulator/settings` changes them while it runs.",
    rowsOf(settings, (name) => code(JSON.stringify((DEFAULTS as never as Record<string, unknown>)[name]))),
    "## Rules of `validation`",
    "What becomes of addresses whose street and city match.",
    rowsOf(membersOf(source, "ValidationRule")),
    "## Rules of `failures`",
    "Registrations that end in failure.",
    rowsOf(membersOf(source, "RegistrationFailure")),
  ]);
}

function rowsOf(members: readonly Member[], defaultOf?: (name: string) => string): string {
  return table(
    ["name", "type", ...(defaultOf === undefined ? [] : ["default"]), "meaning"],
    members.map(({ name, type, comment }) => [
      code(name),
      code(type),
      ...(defaultOf === undefined ? [] : [defaultOf(name)]),
      comment,
    ]),
  );
}

/** @throws {Error} for a member without a comment */
function membersOf(source: string, name: string): readonly Member[] {
  const body = new RegExp(String.raw`export interface ${name} \{\n([\s\S]*?)\n\}`).exec(source)?.[1] ?? "";
  const members: Member[] = [];
  let comment: string | undefined;
  for (const line of body.split("\n")) {
    comment = /^ {2}\/\*\* (.*) \*\/$/.exec(line)?.[1] ?? comment;
    const [, member, type] = /^ {2}readonly (\w+\??): (.*);$/.exec(line) ?? [];
    if (member === undefined || type === undefined) continue;
    if (comment === undefined)
      throw new Error(`${name}.${member} has no comment in src/emulator/settings.ts`);
    members.push({ name: member.replace("?", ""), type: type.replaceAll('"', ""), comment });
    comment = undefined;
  }
  return members;
}
