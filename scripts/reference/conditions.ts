/** Conditions, and every reason with meaning, cause and cure. */
import { CONDITIONS, EXPLANATIONS } from "../../src/api/explanations.ts";
import { REASONS, type Reason } from "../../src/api/reasons.ts";
import { code, kebab, page, table } from "./markdown.ts";

const GENERIC = {
  edit: "`kubectl edit KIND NAME`",
  approve: "`twilio-emergency approve KIND/NAME`",
  secret: "`kubectl create secret generic NAME --from-literal=authToken=…`",
} as const;

/** Their place in the table of reasons stands for an object that is as desired: see byTruth in src/plan/policy.ts. */
const BY_TRUTH: ReadonlySet<Reason> = new Set(["Suspended", "Observing"]);

export function conditionsPage(): string {
  return page("Conditions and reasons", "src/api/explanations.ts and src/api/reasons.ts", [
    "`Ready` says whether an object is as its spec asks, and why not. `twilio-emergency status` shows the same cures with the names of your objects. For every reason that stops an object there is a [runbook](../runbooks/README.md).",
    "## Conditions",
    table(
      ["condition", "on", "meaning", "reasons of its own"],
      CONDITIONS.map(({ type, on, meaning, reasons = {} }) => [
        code(type),
        on,
        meaning,
        Object.entries(reasons)
          .map(([reason, text]) => `${code(reason)}: ${text}`)
          .join(" "),
      ]),
    ),
    "`Reconciling` and `Stalled` are as [kstatus](https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md) wants them, and never both True. GitOps tools show Reconciling as Progressing and Stalled as Degraded.",
    "## Reasons of Ready",
    table(
      ["reason", "Ready", "also True", "meaning"],
      all().map((reason) => {
        const { ready, reconciling, stalled } = REASONS[reason];
        const also = reconciling ? "Reconciling" : stalled ? "Stalled" : "";
        return [
          `[${reason}](#${reason.toLowerCase()})`,
          BY_TRUTH.has(reason) ? "by the truth" : ready,
          also,
          EXPLANATIONS[reason].meaning,
        ];
      }),
    ),
    "`Suspended` and `Observing` go by the truth: Ready is what it would be otherwise, and False where something would be written. On objects of an account `CredentialsRejected` is Unknown and Reconciling. `NumberNotFound`, `DomainNotFound` and `AddressNotFound` are Unknown and Reconciling for the first five minutes, because the thing may just have been bought.",
    ...all().map(section),
  ]);
}

function all(): readonly Reason[] {
  return Object.keys(REASONS) as Reason[];
}

function section(reason: Reason): string {
  const { meaning, cause, cure } = EXPLANATIONS[reason];
  const filled = cure?.replaceAll(/\{(\w+)\}/g, (_, name: keyof typeof GENERIC) => GENERIC[name]);
  return [
    `### ${reason}`,
    meaning,
    ...(cause === undefined ? [] : [`**Cause:** ${cause}`]),
    ...(filled === undefined ? [] : [`**Cure:** ${filled}.`]),
    ...(REASONS[reason].stalled ? [`[Runbook](../runbooks/${kebab(reason)}.md)`] : []),
  ].join("\n\n");
}
