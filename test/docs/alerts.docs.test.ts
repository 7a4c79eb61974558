/** Every alert's page, command by command: whoever is called at night must be able to trust it. */
import { beforeAll, describe, expect, test } from "vitest";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { carryOut } from "./carry-out.ts";
import { readPage, ROOT, tasksOf } from "./page.ts";
import { PAGES } from "./pages.ts";
import { openPlayground } from "./playground.ts";

const pages = PAGES.filter((path) => path.startsWith("docs/runbooks/TwilioEmergency"));

beforeAll(async () => {
  const plane = sharedControlPlane();
  const applied = await plane.kubectl(["apply", "--server-side", "-f", `${ROOT}/crds`]);
  if (applied.code !== 0) throw new Error(applied.stderr);
  await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
});

describe.concurrent("somebody on call can follow", () => {
  test.each(pages)("%s", async (path) => {
    const page = readPage(path);
    const name = path.replaceAll(/^docs\/runbooks\/|\.md$/g, "").toLowerCase();
    const playground = await openPlayground(`alert-${name}`);
    try {
      await carryOut(page, playground);
      expect(tasksOf(page).length).toBeGreaterThan(0);
    } finally {
      await playground.close();
    }
  });
});
