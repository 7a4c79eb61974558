/** A real browser without a window. Nothing of it asks the network for anything but what the page asks for. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package and others put it; the first that is there. */
const PATHS = [
  ...(process.env["CHROMIUM"] === undefined ? [] : [process.env["CHROMIUM"]]),
  ...["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
];

const ARGUMENTS = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Throws with the command that installs it when there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = PATHS.find((path) => existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      `no Chromium at ${PATHS.join(", ")}: apt-get install -y chromium, or name one with the variable CHROMIUM`,
    );
  return chromium.launch({ executablePath, args: ARGUMENTS });
}
