/** The suites that take longer than `npm test` may: each is a script of its own in package.json. */
import "./scripts/node-version.mjs";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // All crashes of every workflow.
        test: {
          name: "crash",
          include: ["test/crash/**/*.test.ts"],
          env: { TEST_CRASH: "all" },
          globalSetup: "./test/support/control-plane/vitest-setup.ts",
          testTimeout: 15 * 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        // With the real Argo CD, which takes minutes to build.
        test: {
          name: "gitops",
          include: ["test/gitops/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        // The image, built and started: needs buildah and root.
        test: {
          name: "image",
          include: ["test/image/**/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 10 * 60_000,
        },
      },
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
