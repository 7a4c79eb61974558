/** How pages are read and outputs compared: what the guides' tests stand on. */
import { describe, expect, it } from "vitest";
import { blocksOf, missingLine, operatorFlags, tasksOf } from "./page.ts";

const PAGE = [
  "<!-- operator --sweep-interval 10m -->",
  "<!-- run",
  "hidden",
  "-->",
  "```yaml file=a.yaml",
  "a: 1",
  "```",
  "1. ```sh exits=2",
  "   command",
  "   ```",
  "```text",
  "output",
  "```",
  "```console",
  "never run",
  "```",
].join("\n");

describe("a page", () => {
  it("is carried out in its order, with what it must print", () => {
    const done = tasksOf({ blocks: blocksOf(PAGE.replace("1. ```", "   ```")) });
    expect(done.map(({ kind, block, output }) => [kind, block.text, output?.text])).toEqual([
      ["run", "hidden", undefined],
      ["write", "a: 1", undefined],
      ["run", "command", "output"],
    ]);
    expect(done[2]?.block.attributes).toEqual({ exits: "2" });
    expect(done[2]?.block.line).toBe(9);
  });

  it("gives its operator flags", () => {
    expect(operatorFlags({ text: PAGE })).toEqual(["--sweep-interval", "10m"]);
    expect(operatorFlags({ text: "" })).toEqual([]);
  });

  it("is refused where a block does not end", () => {
    expect(() => blocksOf("```sh\necho")).toThrow("line 1 does not end");
  });
});

describe("what is printed", () => {
  it("may have more lines and wider columns", () => {
    expect(missingLine("A  B\nC", "x\nA      B\ny\nC\n")).toBeUndefined();
  });

  it("has any text in place of …", () => {
    expect(missingLine("at AD… now", "at AD123 now")).toBeUndefined();
  });

  it("must have every line, in order", () => {
    expect(missingLine("B\nA", "A\nB")).toBe("A");
    expect(missingLine("a.c", "abc")).toBe("a.c");
  });
});
