/** What a person does in a workflow, and how long the outcome is waited for. */
import { condition, type Kind, type Seen, type Site } from "../stories/site.ts";
import { CONTENT } from "../support/planning.ts";

/** Crashes, faults and busy machines take their time. */
export const LONG_MS = 40_000;
export const FOREIGN = `AD${"f".repeat(32)}`;

export const settled = (site: Site): Promise<void> => site.settled();

export function reason(site: Site, kind: Kind, name: string, wanted: string): Promise<Seen> {
  return site.reason(kind, name, wanted, LONG_MS);
}

/** The address has its numbers at the present content, and what it replaced is gone. */
export async function tidy(site: Site, name: string, numbers: number): Promise<void> {
  const isTidy = ({ status, metadata }: Seen): boolean =>
    status["retiringSids"] === undefined &&
    status["boundNumbers"] === numbers &&
    status["observedGeneration"] === metadata.generation &&
    condition({ status, metadata } as Seen)?.reason === "Validated";
  await site.until("address", name, `tidy with ${numbers} numbers`, isTidy, LONG_MS);
}

export async function approved(site: Site, name = "desk"): Promise<void> {
  const asks = ({ status }: Seen): boolean => status["pendingPlan"] !== undefined;
  await site.until("binding", name, "a plan to approve", asks, LONG_MS);
  await site.approve(name);
}

export async function moved(site: Site, numbers = 1): Promise<void> {
  await tidy(site, "hq", numbers);
  for (let index = 0; index < numbers; index += 1)
    await reason(site, "binding", index === 0 ? "desk" : `desk${index}`, "Registered");
}

export const move = (site: Site, street: string): Promise<void> =>
  site.patch("address", "hq", { spec: { street } });

export async function withDomain(site: Site, binding: object = {}, domain: object = {}): Promise<void> {
  await site.settled(1, binding);
  await site.domain("sip", domain, "desk");
  await reason(site, "domain", "sip", "Configured");
}

export async function confirmed(site: Site, kind: Kind, name: string): Promise<void> {
  await site.annotate(kind, name, "confirm-delete");
  await site.delete(kind, name);
}

export async function gone(site: Site, kind: Kind, name: string): Promise<void> {
  const isGone = async (): Promise<boolean> => (await site.find(kind, name)) === undefined;
  for (const until = Date.now() + LONG_MS; !(await isGone()) && Date.now() < until;)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await site.gone(kind, name);
}

/** The usual content in Twilio's names. */
export function stored(street: string): object {
  const { customerName, city, region, postalCode, isoCountry } = CONTENT;
  return {
    customer_name: customerName,
    street,
    city,
    region,
    postal_code: postalCode,
    iso_country: isoCountry,
  };
}
