import { expect, it } from "vitest";
import { RUN_FLAGS, runConfig, variableOf } from "./config.ts";

it("turns the dry run on by its flag or by its variable, and guesses at nothing else", () => {
  const by = (value: string | undefined) => runConfig({}, { TWILIO_EMERGENCY_DRY_RUN: value }).dryRun;
  expect(runConfig({ "dry-run": true }, {}).dryRun).toBe(true);
  expect(by("true")).toBe(true);
  for (const off of ["false", "", undefined]) expect(by(off)).toBe(false);
  for (const unclear of ["1", "True", "yes", "on", "0"])
    expect(() => by(unclear)).toThrow(`TWILIO_EMERGENCY_DRY_RUN "${unclear}" is not one of true, false`);
});

it("refuses an empty flag, as an unset variable of a shell leaves it, and takes an empty variable for none", () => {
  for (const { name } of RUN_FLAGS.filter((flag) => flag.value !== undefined)) {
    expect(() => runConfig({ [name]: "" }, {})).toThrow(`--${name} is empty`);
    expect(runConfig({}, { [variableOf(name)]: "" })).toEqual(runConfig({}, {}));
  }
  expect(() => runConfig({ namespace: ["a", ""] }, {})).toThrow("--namespace is empty");
});
