import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { obtainPrometheus } from "../../scripts/tools/prometheus.mjs";

it("a machine that has no Prometheus and cannot fetch it is told what to install", () => {
  const cache = mkdtempSync(join(tmpdir(), "cache-"));
  onTestFinished(() => rmSync(cache, { recursive: true }));
  expect(() => obtainPrometheus({ PATH: cache, XDG_CACHE_HOME: cache })).toThrow(
    /needs? Prometheus.* apt-get install -y prometheus/,
  );
});
