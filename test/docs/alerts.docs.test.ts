/** Every alert's page, command by command: whoever is called at night must be able to trust it. */
import { follow } from "./follow.ts";
import { ALERTS } from "./pages.ts";

follow(ALERTS);
