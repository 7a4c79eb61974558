/** Tests that carry out pages, each in a playground of its own. */
import { beforeAll, describe, expect, test } from "vitest";
import { sharedControlPlane } from "../support/shared-control-plane.ts";
import { carryOut } from "./carry-out.ts";
import { operatorFlags, readPage, ROOT, tasksOf } from "./page.ts";
import { openPlayground } from "./playground.ts";

/** One test for each page, in a namespace that has the name of its path. */
export function follow(pages: readonly string[]): void {
  beforeAll(async () => {
    const plane = sharedControlPlane();
    const applied = await plane.kubectl(["apply", "--server-side", "-f", `${ROOT}/crds`]);
    if (applied.code !== 0) throw new Error(applied.stderr);
    await plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"]);
  });

  describe.concurrent("a reader can follow", () => {
    test.each(pages)("%s", async (path) => {
      const page = readPage(path);
      const name = path.replaceAll("/", "-").replace(".md", "").toLowerCase();
      const playground = await openPlayground(name, operatorFlags(page));
      try {
        await carryOut(page, playground);
        expect(tasksOf(page).length).toBeGreaterThan(0);
      } finally {
        await playground.close();
      }
    });
  });
}
