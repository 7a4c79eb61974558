/** Every runbook: its symptom is brought about, its commands show it, and its cure cures. */
import { follow } from "./follow.ts";
import { RUNBOOKS } from "./pages.ts";

follow(RUNBOOKS);
