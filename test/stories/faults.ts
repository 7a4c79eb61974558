/** Faults at Twilio for one site. */
import type { FaultRule } from "../support/emulator.ts";
import type { Site } from "./site.ts";

/** A fault on this site's account only, named after the site. */
export function fault(site: Site, rule: Omit<FaultRule, "name">): Promise<unknown> {
  return site.control.addFault({
    ...rule,
    name: site.id,
    match: { ...rule.match, accountSid: site.sid },
  });
}

/** After the next disassociation, Twilio refuses to associate the number once, or is too busy to. */
export function refuseAssociations(site: Site, action: "refused" | "busy" = "refused"): Promise<unknown> {
  const refused = { type: "answer", status: 400, code: 21999, message: "No such luck" } as const;
  const busy = { type: "answer", status: 409, code: 20409, message: "Busy" } as const;
  return fault(site, {
    match: { method: "POST", path: site.numberSid() },
    skip: 1,
    ...(action === "refused" ? { times: 1 } : {}),
    action: action === "refused" ? refused : busy,
  });
}
