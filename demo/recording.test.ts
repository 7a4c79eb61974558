import { expect, it } from "vitest";
import { renderRecording } from "./recording.ts";

it("shows every line, with what XML would misread escaped", () => {
  const svg = renderRecording([{ at: 0, text: 'a <b> & "c"' }], "a title");
  expect(svg).toContain("a &lt;b&gt; &amp; &quot;c&quot;");
});

it("ends on the last screen, where nothing moves", () => {
  const lines = Array.from({ length: 31 }, (_, index) => ({ at: index, text: `line ${index}` }));
  expect(renderRecording(lines, "t")).toContain("#lines { transform: translateY(-17px);");
});

it("makes long pauses short", () => {
  const lines = [
    { at: 0, text: "a" },
    { at: 60_000, text: "b" },
  ];
  expect(renderRecording(lines, "t")).toContain("animation: play 8.90s");
});

it("brings the lines one after the other", () => {
  const lines = [
    { at: 0, text: "a" },
    { at: 100, text: "b" },
  ];
  const offsets = [...renderRecording(lines, "t").matchAll(/% \{ transform: translateY\((\d+)px\)/g)].map(
    ([, offset]) => Number(offset),
  );
  expect(offsets).toEqual([29 * 17, 28 * 17]);
});

it("paints a refusal red and a write blue", () => {
  const svg = renderRecording(
    [
      { at: 0, text: "  9.1s POST   /Addresses → 400 error 21629" },
      { at: 1, text: "  9.1s POST   /Addresses → 201" },
    ],
    "t",
  );
  expect(svg).toMatch(/#ff7b72">.*21629/);
  expect(svg).toMatch(/#79c0ff">.*201/);
});
