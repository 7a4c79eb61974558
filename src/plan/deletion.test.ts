/** What a person has said about letting an object go. */
import { describe, expect, it } from "vitest";
import { aBinding, aDomain, anAddress, TERMINATING } from "../../test/support/planning.ts";
import { ANNOTATION } from "../api/names.ts";
import {
  addFinalizer,
  asksForWork,
  hasFinalizer,
  howToAbandon,
  howToConfirm,
  isAbandoned,
  isConfirmed,
  isConfirmedWork,
  isLeaving,
} from "./deletion.ts";

const { deletionTimestamp, finalizers } = TERMINATING;
const UNREGISTER = { deletionPolicy: "Unregister" };
const confirmed = (name: string): object => ({ annotations: { [ANNOTATION.confirmDelete]: name } });
const desk = (metadata: object, spec: object = UNREGISTER) => aBinding("desk", { metadata, spec });

describe("a confirmation", () => {
  it("carries the object's own name: a copied manifest confirms nothing", () => {
    expect(isConfirmed(desk(confirmed("desk")))).toBe(true);
    expect(isConfirmed(desk(confirmed("other")))).toBe(false);
    expect(isConfirmed(desk({}))).toBe(false);
    const abandoned = { annotations: { [ANNOTATION.confirmAbandon]: "desk" } };
    expect(isAbandoned(desk(abandoned))).toBe(true);
    expect(isAbandoned(desk(confirmed("desk")))).toBe(false);
  });

  it("is told as a command that can be copied", () => {
    const text = "kubectl -n site annotate phonenumberbinding desk";
    expect(howToConfirm(desk({}))).toBe(`${text} ${ANNOTATION.confirmDelete}=desk`);
    expect(howToAbandon(desk({}))).toBe(`${text} ${ANNOTATION.confirmAbandon}=desk`);
  });

  it("counts while the object is being deleted, and its deletion asks for work", () => {
    expect(isConfirmedWork(desk({ ...TERMINATING, ...confirmed("desk") }))).toBe(true);
    expect(isConfirmedWork(desk({ ...confirmed("desk"), finalizers }))).toBe(false);
    expect(isConfirmedWork(desk(TERMINATING))).toBe(false);
    const retained = desk({ ...TERMINATING, ...confirmed("desk") }, { deletionPolicy: "Retain" });
    expect(isConfirmedWork(retained)).toBe(false);
  });
});

describe("the deletion of an object", () => {
  it("asks for work where its policy says more than Retain", () => {
    const policies = [{}, { deletionPolicy: "Retain" }, UNREGISTER].map((spec) =>
      asksForWork(desk({}, spec)),
    );
    expect(policies).toEqual([false, false, true]);
    expect(asksForWork(anAddress("hq", { spec: { deletionPolicy: "Delete" } }))).toBe(true);
    expect(asksForWork(aDomain("sip", { spec: { deletionPolicy: "Disable" } }))).toBe(true);
  });

  it("is held by our finalizer, not by another's", () => {
    expect(hasFinalizer(desk({ finalizers }))).toBe(true);
    expect(hasFinalizer(desk({ finalizers: ["other.example/finalizer"] }))).toBe(false);
    expect(hasFinalizer(desk({}))).toBe(false);
  });

  it("ends what it stands for once nothing of ours holds it, or it is confirmed", () => {
    expect(isLeaving(desk({ deletionTimestamp }))).toBe(true);
    expect(isLeaving(desk({ ...TERMINATING, ...confirmed("desk") }))).toBe(true);
    expect(isLeaving(desk(TERMINATING))).toBe(false);
    expect(isLeaving(desk({ ...confirmed("desk"), finalizers }))).toBe(false);
    expect(isLeaving(desk({}))).toBe(false);
  });
});

describe("the finalizer", () => {
  it("is set before anything else, where it is needed and something may be written", () => {
    expect(addFinalizer({ object: desk({}), mode: "manage" })).toMatchObject({
      step: { type: "AddFinalizer" },
      keep: true,
    });
    for (const mode of ["observe", "suspend"] as const)
      expect(addFinalizer({ object: desk({}), mode })).toBeUndefined();
    expect(addFinalizer({ object: desk({ finalizers }), mode: "manage" })).toBeUndefined();
    expect(addFinalizer({ object: desk({}, {}), mode: "manage" })).toBeUndefined();
  });
});
