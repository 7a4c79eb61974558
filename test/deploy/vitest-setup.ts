/** Runs once before the suites of test/deploy. */
import { obtain } from "../../scripts/control-plane/obtain.mjs";
import { obtainTool } from "../../scripts/tools/obtain.mjs";

/** Builds what is not there yet, before any test's time runs. */
export async function setup(): Promise<void> {
  await obtain(["etcd", "kube-apiserver", "kubectl", "kube-controller-manager"]);
  await obtainTool("helm");
  await obtainTool("kstatus");
  await obtainTool("actionlint");
}
