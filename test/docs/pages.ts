/** Every page of the documentation, and who carries out its commands. */
import { globSync } from "node:fs";
import { ROOT } from "./page.ts";

export const PAGES: readonly string[] = globSync("**/*.md", { cwd: ROOT, exclude: ["node_modules", "dist"] })
  .filter((path) => !path.includes("node_modules"))
  .toSorted();
