/** Only what checks the planner and the table of Twilio's errors, and is fast: run once for every mutant. */
import "./scripts/node-version.mjs";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    isolate: false,
    include: ["src/plan/**/*.test.ts", "src/twilio/errors.test.ts", "test/plan/golden.test.ts"],
  },
});
