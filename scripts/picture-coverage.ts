/** Writes docs/images/coverage.png: the coverage page of an invented account, as Chromium shows it. */
import "./node-version.mjs";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { coverageOf } from "../src/cli/coverage/assess.ts";
import { coverageAsPage } from "../src/cli/coverage/page.ts";
import { openBrowser } from "../test/support/browser.ts";
import { SAMPLE } from "../test/support/sample-account.ts";

const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1400, height: 1150 }, deviceScaleFactor: 1 });
await page.setContent(coverageAsPage(coverageOf(SAMPLE, [])));
writeFileSync(join(import.meta.dirname, "../docs/images/coverage.png"), await page.screenshot());
await browser.close();
