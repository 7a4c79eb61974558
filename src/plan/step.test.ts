import { describe, expect, it } from "vitest";
import { isGuarded, isLook, isWrite, WRITES, type Step } from "./step.ts";

/** What each step is: a look, a write or a mark; and whether it may take protection away. */
const STEPS: Readonly<Record<Step["type"], readonly ["nothing" | "look" | "write" | "mark", boolean]>> = {
  None: ["nothing", false],
  GetNumber: ["look", false],
  FindNumber: ["look", false],
  GetAddress: ["look", false],
  FindAddress: ["look", false],
  GetDomain: ["look", false],
  ListAccount: ["look", false],
  CreateAddress: ["write", false],
  AssociateAddress: ["write", false],
  SetEmergencyStatus: ["write", false],
  DisassociateAddress: ["write", true],
  DeleteAddress: ["write", true],
  EnableEmergencyCalling: ["write", true],
  DisableEmergencyCalling: ["write", true],
  SetEmergencyCaller: ["write", true],
  ClearEmergencyCaller: ["write", true],
  AddFinalizer: ["mark", false],
  ReleaseFinalizer: ["mark", true],
  RecordFailedTarget: ["mark", false],
  ClearFailedTargets: ["mark", false],
};

describe("a step", () => {
  it.each(Object.entries(STEPS))("%s is what it is called", (type, [what, guarded]) => {
    const step = { type } as Step;
    expect(isLook(step)).toBe(what === "look");
    expect(isWrite(step)).toBe(what === "write");
    expect(isGuarded(step)).toBe(guarded);
  });
});

describe("every write", () => {
  it("is explained to people in a sentence of its own", () => {
    const texts = Object.values(WRITES);
    for (const text of texts) expect(text).toMatch(/^[A-Z].+\.$/);
    expect(new Set(texts).size).toBe(texts.length);
  });
});
