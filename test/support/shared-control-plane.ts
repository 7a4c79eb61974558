/** The control plane of a whole run of tests. */
import { inject } from "vitest";
import { type ControlPlaneAccess, accessTo } from "./control-plane/access.ts";
import type {} from "./control-plane/vitest-setup.ts";

/**
 * The control plane that all suites of the projects `cluster` and `stories` share. Each suite keeps to a namespace of
 * its own; one that stops the API server calls startControlPlane() for one of its own.
 */
export function sharedControlPlane(): ControlPlaneAccess {
  return accessTo(inject("controlPlane"));
}
