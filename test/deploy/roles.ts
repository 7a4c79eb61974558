/** The roles that the chart gives. */
import { type Grant, type Grants, type Rule, grantsOf } from "../support/operator-account.ts";
import { manifests, render } from "./tools.ts";

export function inWords({ group, resource, verb }: Grant): string {
  return `${verb} ${group === "" ? resource : `${resource}.${group}`}`;
}

/** The ClusterRole and the Role for leases that `helm template` gives with these values. */
export async function chartRoles(args: readonly string[] = []): Promise<Required<Grants>> {
  const objects = manifests(await render(args));
  const of = (kind: string): readonly Grant[] =>
    objects
      .filter((object) => object.kind === kind)
      .flatMap((object) => grantsOf(object as { readonly rules?: readonly Rule[] }));
  return { work: of("ClusterRole"), lease: of("Role") };
}
