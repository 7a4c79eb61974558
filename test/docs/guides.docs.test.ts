/** Every guide, command by command, against a real API server and the emulator. */
import { beforeAll, describe, expect, test } from "vitest";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { carryOut } from "./carry-out.ts";
import { PAGES } from "./pages.ts";
import { readPage, ROOT, tasksOf } from "./page.ts";
import { openPlayground } from "./playground.ts";

const guides = PAGES.filter((path) => path.startsWith("docs/guide/"));

beforeAll(async () => {
  const plane = sharedControlPlane();
  const applied = await plane.kubectl(["apply", "--server-side", "-f", `${ROOT}/crds`]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
});

describe.concurrent("a reader can follow", () => {
  test.each(guides)("%s", async (path) => {
    const page = readPage(path);
    const playground = await openPlayground(`page-${path.replaceAll(/^docs\/guide\/|\.md$/g, "")}`);
    try {
      await carryOut(page, playground);
      expect(tasksOf(page).length).toBeGreaterThan(0);
    } finally {
      await playground.close();
    }
  });
});
