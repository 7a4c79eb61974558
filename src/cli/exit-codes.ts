/** With what the commands end. docs/reference/exit-codes.md is made from this. */
export const EXIT = { settled: 0, fault: 1, somethingToDo: 2, unfinished: 3, approval: 4 } as const;

export interface ExitCode {
  readonly code: number;
  readonly commands: string;
  readonly meaning: string;
}

export const EXIT_CODES: readonly ExitCode[] = [
  {
    code: EXIT.settled,
    commands: "all",
    meaning: "Done; `plan`: nothing to do; `apply`: everything is settled.",
  },
  {
    code: EXIT.fault,
    commands: "all",
    meaning:
      "Something is wrong: bad input, no access, an object with a fault. `doctor`: a finding that breaks something; warnings alone are 0. `approve`, `orphans --delete`: not confirmed. `run`: the lease was lost, or it did not stop cleanly.",
  },
  {
    code: EXIT.somethingToDo,
    commands: "`plan`",
    meaning: "There is something to do, or a freeze holds it back.",
  },
  {
    code: EXIT.unfinished,
    commands: "`apply`",
    meaning:
      "Time ran out, it was interrupted, or a freeze (`maxUnprotected: 0`) holds a change back. Run it again: what is done stands at Twilio.",
  },
  {
    code: EXIT.approval,
    commands: "`apply`",
    meaning: "Something waits for approval, and nothing else is left.",
  },
];
