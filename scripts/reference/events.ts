/** Every Event that the operator writes. */
import { REASONS, type Reason } from "../../src/api/reasons.ts";
import { WRITES } from "../../src/plan/step.ts";
import { EXPLANATIONS, FURTHER_EVENTS } from "../../src/api/explanations.ts";
import { code, page, table } from "./markdown.ts";

export function eventsPage(): string {
  const writes = Object.entries(WRITES).flatMap(([step, meaning]) => [
    [code(step), "Normal", meaning],
    [
      code(`${step}Failed`),
      "Warning",
      "The same was sent and refused, not processed, or not clearly answered.",
    ],
  ]);
  const stalled = (Object.keys(REASONS) as Reason[])
    .filter((reason) => REASONS[reason].stalled)
    .map((reason) => [code(reason), "Warning", EXPLANATIONS[reason].meaning]);
  return page("Events", "src/plan/step.ts and src/api/explanations.ts", [
    "Events say what was done and what stopped, for an hour or so; conditions say what is true. They name sids and Twilio's request ids, never a street or a phone number. Repetitions become one Event with a count.",
    "## Writes to Twilio",
    table(["reason", "type", "meaning"], writes),
    "## Objects that stop",
    "Written when Ready takes one of these reasons.",
    table(["reason", "type", "meaning"], stalled),
    "## Others",
    table(
      ["reason", "type", "meaning"],
      Object.entries(FURTHER_EVENTS).map(([reason, meaning]) => [code(reason), "Warning", meaning]),
    ),
    "## Found at Twilio",
    table(
      ["reason", "type", "meaning"],
      [
        [
          code("DuplicateAddress"),
          "Warning",
          "Twilio has a second Address of the same object and content, made by a process that was frozen while it sent. It is not used; `twilio-emergency orphans` lists and removes it.",
        ],
      ],
    ),
  ]);
}
