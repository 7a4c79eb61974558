/** Writes docs/reference/ from what the program itself says: CRDs, tables, flags and comments. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { architecturePage } from "./reference/architecture.ts";
import { commandsPage, configurationPage, exitCodesPage } from "./reference/commands.ts";
import { conditionsPage } from "./reference/conditions.ts";
import { emulatorPage } from "./reference/emulator.ts";
import { eventsPage } from "./reference/events.ts";
import { fieldsPage } from "./reference/fields.ts";
import { safetyPage } from "./reference/safety.ts";

const ROOT = join(import.meta.dirname, "..");

const pages: Readonly<Record<string, string>> = {
  architecture: architecturePage(ROOT),
  commands: commandsPage(),
  conditions: conditionsPage(),
  configuration: configurationPage(),
  emulator: emulatorPage(ROOT),
  events: eventsPage(),
  "exit-codes": exitCodesPage(),
  fields: fieldsPage(ROOT),
  safety: safetyPage(ROOT),
};
for (const [name, text] of Object.entries(pages))
  writeFileSync(join(ROOT, "docs/reference", `${name}.md`), text);
