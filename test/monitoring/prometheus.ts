/** A real Prometheus server that scrapes one target every half second. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obtainPrometheus } from "../../scripts/tools/prometheus.mjs";
import { eventually } from "../stories/eventually.ts";
import { freePort } from "../support/control-plane/ports.ts";

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Time and value. */
  readonly value: readonly [number, string];
}

export interface Prometheus {
  readonly url: string;
  /** What an instant query gives; throws what the server says of one that it cannot read. */
  query(expr: string): Promise<readonly Series[]>;
  stop(): Promise<void>;
}

/** `rules`: path of a file of alerts. `target`: host and port of a `/metrics`. */
export async function startPrometheus(target: string, rules: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "prometheus-"));
  const config = join(folder, "prometheus.yaml");
  // JSON is YAML. The label that a ServiceMonitor would add must not displace any of ours.
  const labels = { namespace: "operators" };
  const scrape = { job_name: "operator", static_configs: [{ targets: [target], labels }] };
  const interval = { scrape_interval: "500ms", evaluation_interval: "1s" };
  writeFileSync(config, JSON.stringify({ global: interval, rule_files: [rules], scrape_configs: [scrape] }));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const flags = [`--config.file=${config}`, `--storage.tsdb.path=${join(folder, "data")}`];
  const child = spawn(
    obtainPrometheus().prometheus,
    [...flags, `--web.listen-address=127.0.0.1:${port}`, "--log.level=error"],
    { stdio: "ignore" },
  );
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const isUp = await eventually(async () => {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    return response?.status === 200 ? true : undefined;
  }, 30_000);
  if (isUp !== true) throw new Error("Prometheus is not ready after 30 s");
  return {
    url,
    query: (expr) => query(url, expr),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      process.removeListener("exit", kill);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function query(url: string, expr: string): Promise<readonly Series[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr }).toString()}`);
  const body = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: { readonly result: readonly Series[] };
  };
  if (body.status !== "success") throw new Error(`${expr}: ${body.error ?? "failed"}`);
  return body.data.result;
}
