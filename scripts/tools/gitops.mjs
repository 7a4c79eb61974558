// @ts-check
/**
 * Obtains what `npm run test:gitops` needs, before its network is taken away: Argo CD and its CRDs, helm, the control
 * plane with the garbage collector. redis-server and git must be on the machine.
 */
import { spawnSync } from "node:child_process";
import process from "node:process";
import { obtain } from "../control-plane/obtain.mjs";
import { say } from "../progress.mjs";
import { moduleFolder, obtainTool } from "./obtain.mjs";

const lacking = ["redis-server", "git"].filter((name) => spawnSync(name, ["--version"]).error !== undefined);
if (lacking.length > 0) {
  say(`Argo CD needs ${lacking.join(" and ")}: apt-get install ${lacking.join(" ")}`);
  process.exit(1);
}
await obtain(["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"]);
await obtainTool("argocd");
await obtainTool("helm");
moduleFolder("argocd", "github.com/argoproj/argo-cd/v3");
