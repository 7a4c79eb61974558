/** `npm run golden`: writes the out files anew. What changes is to be read and committed like code. */
import { writeFileSync } from "node:fs";
import { expectedOf, fileOf, pairNames } from "./pair.ts";

for (const name of pairNames()) writeFileSync(fileOf(name, "out"), expectedOf(name));
