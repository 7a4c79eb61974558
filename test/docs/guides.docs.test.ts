/** Every guide, command by command, against a real API server and the emulator. */
import { follow } from "./follow.ts";
import { GUIDES, INDEXES } from "./pages.ts";

follow([...GUIDES, ...INDEXES]);
