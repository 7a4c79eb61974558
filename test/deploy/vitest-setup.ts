import { obtainTool } from "../../scripts/tools/obtain.mjs";

/** Builds what is not there yet, before any test's time runs. */
export async function setup(): Promise<void> {
  await obtainTool("helm");
  await obtainTool("kstatus");
}
