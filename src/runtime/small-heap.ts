/** Keeps the memory of a process that runs for months small: see docs/design/0014-memory.md for what it costs and saves. */
import { setFlagsFromString } from "node:v8";

/**
 * V8 lets the heap grow to four times what is alive before it collects, and gives young objects 48 MB, which is right for a
 * machine of one's own and wrong for a pod. Neither flag is a limit: what is needed is had. Both are read at each
 * collection, so they take effect in a process that runs already, however it was started.
 */
const FLAGS = ["--heap-growing-percent=60", "--semi-space-growth-factor=1"];

export function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
