/** Every link inside the repository leads somewhere, anchors included; nothing is asked of the network. */
import { describe, expect, it, test } from "vitest";
import { anchorsOf, brokenBecause, linksOf } from "./links.ts";
import { readPage } from "./page.ts";
import { ALERTS, ELSEWHERE, GUIDES, INDEXES, PAGES, runbookOf, RUNBOOKS, STALLED_REASONS } from "./pages.ts";

describe("no link is broken", () => {
  test.each(PAGES)("in %s", (path) => {
    const broken = linksOf(readPage(path).text).flatMap(({ target, line }) => {
      const why = brokenBecause(path, target);
      return why === undefined ? [] : [`${path}:${line}: ${target}: ${why}`];
    });
    expect(broken).toEqual([]);
  });
});

describe("every page can be reached", () => {
  const linked = new Set(
    PAGES.flatMap((path) =>
      linksOf(readPage(path).text).map(({ target }) => new URL(target, `file:///${path}`).pathname.slice(1)),
    ),
  );
  const roots = new Set(["README.md", ".github/pull_request_template.md", "CHANGELOG.md"]);

  test.each(PAGES.filter((path) => !roots.has(path)))("%s", (path) => {
    // A link to a folder leads to all of it.
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    expect(linked.has(path) || linked.has(folder), path).toBe(true);
  });
});

test("somebody carries out every command", () => {
  const carriedOut = new Set([...GUIDES, ...RUNBOOKS, ...ALERTS, ...INDEXES, ...ELSEWHERE]);
  const others = PAGES.filter(
    (path) => !carriedOut.has(path) && readPage(path).blocks.some(({ language }) => language === "sh"),
  );
  expect(others).toEqual([]);
});

test.each(STALLED_REASONS)("there is a runbook for %s", (reason) => {
  expect(PAGES).toContain(runbookOf(reason));
});

describe("the checker", () => {
  it("sees a file that is not there", () => {
    expect(brokenBecause("docs/README.md", "nowhere.md")).toBe("there is no docs/nowhere.md");
  });

  it("sees a heading that is not there", () => {
    expect(brokenBecause("docs/README.md", "#nothing")).toContain("no heading");
    expect(brokenBecause("docs/README.md", "#guides")).toBeUndefined();
  });

  it("sees a link out of the repository", () => {
    expect(brokenBecause("README.md", "../secret.md")).toContain("out of the repository");
  });

  it("names headings as GitHub does", () => {
    const text = "# A `code` & more\n## Same\n## Same\n[x](y)\n### [Link](a.md), too!\n";
    expect([...anchorsOf(text)]).toEqual(["a-code--more", "same", "same-1", "link-too"]);
  });

  it("takes nothing from code or comments for a link", () => {
    const text = "```sh\n[a](b)\n```\n`[c](d)` [`e`](f)\n<!-- [g](h) -->\n";
    expect(linksOf(text)).toEqual([{ target: "f", line: 4 }]);
  });
});
