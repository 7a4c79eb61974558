import "./scripts/node-version.mjs";
import { defineConfig } from "vitest/config";

const NEEDS_CONTROL_PLANE = ["test/crds/**/*.test.ts", "test/kube/**/*.test.ts", "**/*.cluster.test.ts"];
const DEPLOY = ["test/deploy/**/*.test.ts"];
/** vitest.long.config.ts runs these. */
const LONG = ["test/gitops/**", "test/scale/**", "test/crash/**", "test/image/**"];
const STORIES = ["test/stories/**/*.test.ts"];
const DOCS = ["test/docs/**/*.docs.test.ts"];
const MONITORING = ["test/monitoring/**/*.test.ts"];
/** They start the program, or build it, as a user does. */
const COMMANDS = ["test/cli/**/*.test.ts", "test/bundle.test.ts", "test/supply-chain.test.ts"];
/** Minutes of arithmetic: the planner asked in every state there is. */
const PROOF = ["test/plan/exhaustive*.test.ts", "test/plan/converge*.test.ts"];
/** A tenth of the crashes and faults, and a few walks; the other files of the folder have no tenth. */
const CRASH = [
  "test/crash/crash.test.ts",
  "test/crash/matrix.test.ts",
  "test/crash/walks.test.ts",
  "test/crash/trace.test.ts",
];
const OUTSIDE = ["node_modules/**", "dist/**"];
const controlPlane = ["./test/support/control-plane/vitest-setup.ts"];

export default defineConfig({
  test: {
    // Operator, API server and etcd run beside the tests.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "test/**/*.test.ts", "scripts/**/*.test.ts", "demo/**/*.test.ts"],
          exclude: [
            ...OUTSIDE,
            ...COMMANDS,
            ...PROOF,
            ...NEEDS_CONTROL_PLANE,
            ...STORIES,
            ...DEPLOY,
            ...LONG,
            ...DOCS,
            ...MONITORING,
          ],
          testTimeout: 10_000,
        },
      },
      {
        test: {
          name: "commands",
          include: COMMANDS,
          exclude: [...OUTSIDE, ...NEEDS_CONTROL_PLANE],
          testTimeout: 60_000,
        },
      },
      {
        test: { name: "proof", include: PROOF, exclude: OUTSIDE, testTimeout: 300_000 },
      },
      {
        test: {
          name: "cluster",
          include: NEEDS_CONTROL_PLANE,
          exclude: OUTSIDE,
          globalSetup: controlPlane,
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "deploy",
          include: DEPLOY,
          exclude: OUTSIDE,
          globalSetup: [...controlPlane, "./test/deploy/vitest-setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "monitoring",
          include: MONITORING,
          exclude: OUTSIDE,
          globalSetup: [...controlPlane, "./test/monitoring/vitest-setup.ts"],
          testTimeout: 120_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "stories",
          include: STORIES,
          exclude: OUTSIDE,
          globalSetup: controlPlane,
          testTimeout: 120_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "crash",
          include: CRASH,
          exclude: OUTSIDE,
          globalSetup: controlPlane,
          testTimeout: 15 * 60_000,
          hookTimeout: 90_000,
        },
      },
      {
        test: {
          name: "docs",
          include: DOCS,
          exclude: OUTSIDE,
          globalSetup: controlPlane,
          testTimeout: 450_000,
          hookTimeout: 300_000,
          maxConcurrency: 3,
        },
      },
    ],
  },
});
