/** Questions to the person at the terminal. */
import { createInterface } from "node:readline/promises";

/** true only for `yes`. Without anybody to answer it is no. */
export async function ask(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const answer = await Promise.race([lines.question(question), ended]);
  lines.close();
  return answer.trim() === "yes";
}
