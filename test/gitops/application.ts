/** One Argo CD Application of the tests, and what Argo CD says about it. */
import { eventually } from "../stories/site.ts";
import type { ControlPlaneAccess } from "../support/control-plane.ts";
import { ARGO_NAMESPACE, type Repository } from "./argo-cd.ts";

export interface AppSeen {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision?: string };
    readonly health?: { readonly status: string };
    readonly resources?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly status?: string;
      readonly health?: { readonly status: string; readonly message?: string };
    }[];
    readonly operationState?: {
      readonly phase: string;
      readonly message?: string;
      readonly syncResult?: { readonly revision?: string };
    };
    readonly conditions?: readonly { readonly type: string; readonly message: string }[];
  };
}

const API = `/apis/argoproj.io/v1alpha1/namespaces/${ARGO_NAMESPACE}/applications`;

export class Application {
  readonly name: string;
  readonly #plane: ControlPlaneAccess;
  readonly #repository: Repository;
  readonly #namespace: string;
  #revision = "";

  constructor(plane: ControlPlaneAccess, repository: Repository, what: { name: string; namespace: string }) {
    this.#plane = plane;
    this.#repository = repository;
    this.name = what.name;
    this.#namespace = what.namespace;
  }

  /** Makes the Application of the folder that has its name: automatic, with prune and self-heal, as the examples are. */
  async open(): Promise<void> {
    const body = {
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Application",
      metadata: { name: this.name },
      spec: {
        project: "default",
        source: { repoURL: this.#repository.url, path: this.name, targetRevision: "main" },
        destination: { server: "https://kubernetes.default.svc", namespace: this.#namespace },
        syncPolicy: { automated: { prune: true, selfHeal: true }, retry: { limit: 1 } },
      },
    };
    const reply = await this.#plane.send("POST", API, body);
    if (reply.status !== 201) throw new Error(reply.body);
  }

  /** Commits files of the Application's folder and lets Argo CD look. */
  async commit(files: Readonly<Record<string, string | undefined>>): Promise<void> {
    const entries = Object.entries(files).map(([path, text]) => [`${this.name}/${path}`, text]);
    this.#revision = this.#repository.commit(Object.fromEntries(entries));
    await this.refresh();
  }

  async refresh(): Promise<void> {
    await this.annotate({ "argocd.argoproj.io/refresh": "normal" });
  }

  async annotate(annotations: Readonly<Record<string, string>>): Promise<void> {
    await this.#plane.send("PATCH", `${API}/${this.name}`, { metadata: { annotations } });
  }

  async get(): Promise<AppSeen> {
    return JSON.parse((await this.#plane.send("GET", `${API}/${this.name}`)).body) as AppSeen;
  }

  /** Waits until Argo CD says so, and returns the Application. */
  async until(what: string, test: (app: AppSeen) => boolean, ms = 60_000): Promise<AppSeen> {
    let last: AppSeen | undefined;
    const found = await eventually(async () => {
      last = await this.get();
      return test(last) ? last : undefined;
    }, ms);
    if (found === undefined)
      throw new Error(
        `Application ${this.name} did not become: ${what}\n${JSON.stringify(last?.status, null, 1)}`,
      );
    return found;
  }

  /** The last commit is in the cluster, the operation over and everything healthy. */
  healthy(): Promise<AppSeen> {
    return this.until(
      "synced and healthy",
      ({ status }) =>
        status?.sync?.status === "Synced" &&
        status.sync.revision === this.#revision &&
        status.health?.status === "Healthy" &&
        status.operationState?.phase === "Succeeded",
    );
  }

  /** The operation that brings the last commit is in this phase. */
  phase(phase: string): Promise<AppSeen> {
    return this.until(
      `an operation that is ${phase}`,
      ({ status }) =>
        status?.operationState?.phase === phase &&
        status.operationState.syncResult?.revision === this.#revision,
    );
  }

  /** Everything that Argo CD has said since, in the words `sync/health/phase`, each once, until `stop` is called. */
  watch(): { readonly said: Set<string>; readonly stop: () => Promise<void> } {
    const said = new Set<string>();
    let isOver = false;
    const running = (async () => {
      while (!isOver) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        const { status } = await this.get().catch(() => ({ status: undefined }));
        if (status === undefined) continue;
        said.add(`${status?.sync?.status}/${status?.health?.status}/${status?.operationState?.phase}`);
      }
    })();
    return {
      said,
      stop: () => {
        isOver = true;
        return running;
      },
    };
  }
}
