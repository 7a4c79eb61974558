/** The suites that take longer than `npm test` may: each is a script of its own in package.json. */
import "./scripts/node-version.mjs";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "scale",
          include: ["test/scale/**/*.test.ts"],
          globalSetup: "./test/support/control-plane/vitest-setup.ts",
          testTimeout: 15 * 60_000,
          hookTimeout: 5 * 60_000,
        },
      },
    ],
  },
});
