import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const SCRIPT = `
  import { runCommand } from ${JSON.stringify(new URL("run.ts", import.meta.url).href)};
  const forgetful = async () => {
    setInterval(() => {}, 1_000);
    return 3;
  };
  await runCommand(forgetful).parseAsync([], { from: "user" });
`;

it("ends with the code of the run, whatever timers are left behind", async () => {
  const ended = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT], {
    timeout: 8_000,
  });
  await expect(ended).rejects.toMatchObject({ code: 3, killed: false });
});
