/** The coverage page in a real browser, opened from a file as an auditor would. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBrowser } from "../support/browser.ts";
import { SAMPLE } from "../support/sample-account.ts";
import { saveListing } from "../../src/cli/standalone/listing.ts";
import { program } from "./program.ts";

let browser: Browser;
let folder: string;
let address: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "twilio-emergency-page-"));
  const snapshot = join(folder, "account.json");
  const hostile = { ...SAMPLE.addresses[0]!, customerName: `<script>document.title = "owned"</script>` };
  saveListing(snapshot, { ...SAMPLE, addresses: [hostile, ...SAMPLE.addresses.slice(1)] });
  const { stdout } = await program(["coverage", "-o", "html", "--snapshot", snapshot]);
  writeFileSync(join(folder, "coverage.html"), stdout);
  address = pathToFileURL(join(folder, "coverage.html")).href;
  browser = await openBrowser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

let page: Page;
let asked: string[];
let complaints: string[];
beforeEach(async () => {
  page = await browser.newPage();
  [asked, complaints] = [[], []];
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(address);
  return () => page.close();
}, 30_000);

const rows = (): Promise<string[]> => page.locator("tbody tr:visible th").allInnerTexts();
const phones = async (): Promise<string[]> => (await rows()).map((text) => text.split(/\s/)[0] ?? "");
const sortBy = (title: string): Promise<void> => page.getByRole("button", { name: title }).click();

describe("the coverage page", { timeout: 60_000 }, () => {
  it("asks for nothing but itself, and runs nothing that stands in the account", async () => {
    expect(await page.title()).toBe(`Emergency coverage of ${SAMPLE.accountSid}`);
    await sortBy("State");
    expect(asked).toEqual([address]);
    expect(complaints).toEqual([]);
    await page.evaluate(`fetch("http://127.0.0.1:9/").catch(() => {})`);
    expect(complaints.join()).toContain("Content Security Policy");
  });

  it("shows the unprotected first, and filters by words, state and warnings", async () => {
    expect((await phones())[0]).toBe("+14155550103");
    expect(await rows()).toHaveLength(13);
    const shown = page.getByRole("status");
    expect(await shown.innerText()).toBe("13 of 13 numbers");

    await page.getByRole("searchbox", { name: "Search" }).fill("LONDON");
    expect(await phones()).toEqual(["+442079460121", "+442079460120"]);
    expect(await shown.innerText()).toBe("2 of 13 numbers");
    await page.getByRole("combobox", { name: "State" }).selectOption("Pending");
    expect(await phones()).toEqual(["+442079460121"]);
    await page.getByRole("searchbox", { name: "Search" }).fill("");
    expect(await phones()).toEqual(["+14165550111", "+442079460121"]);
    await page.getByRole("checkbox", { name: "only with warnings" }).check();
    expect(await phones()).toEqual(["+442079460121"]);
  });

  it("sorts by keyboard, and says to a screen reader how", async () => {
    const head = page.getByRole("columnheader", { name: "Number" });
    expect(await head.getAttribute("aria-sort")).toBe("none");
    await page.getByRole("button", { name: "Number" }).focus();
    await page.keyboard.press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    expect((await phones())[0]).toBe("+4930231250");
    await page.keyboard.press("Enter");
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    expect((await phones())[0]).toBe("+442079460121");
    await sortBy("State");
    expect(await head.getAttribute("aria-sort")).toBe("none");
    expect((await phones())[0]).toBe("+14155550103");
    await sortBy("State");
    expect((await phones()).at(-1)).toBe("+14155550103");
  });

  it("has a name for all that a screen reader comes to", async () => {
    const seen = await page.locator("body").ariaSnapshot();
    expect(seen).toContain(`heading "7 of 13 numbers are registered" [level=2]`);
    expect(seen).toContain(
      `img "Registered: 7, Pending: 2, Failed: 1, Not registered: 2, Country not supported: 1"`,
    );
    expect(seen).toContain(`table "Every number of the account with its protection"`);
    expect(seen).toContain(`rowheader "+14155550103 PN`);
    expect(seen).not.toMatch(
      /- (button|searchbox|combobox|checkbox|img|table|region|search)\b(?! "| \[?$|:)/,
    );
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    expect(await page.locator("tbody tr th[scope=row]").count()).toBe(13);
  });

  it("prints the table with its head on every page, and no controls", async () => {
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.getByRole("searchbox").isVisible()).toBe(false);
    expect(await page.getByRole("columnheader", { name: "What to do" }).isVisible()).toBe(true);
    const paper = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    expect(paper).toBe("rgb(255, 255, 255)");
    expect((await page.pdf({ format: "A4" })).subarray(0, 5).toString()).toBe("%PDF-");
  });
});
