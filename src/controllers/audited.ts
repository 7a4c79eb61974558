/** A client whose writes for one object are told to the audit log. */
import { keyOf, type Managed } from "../api/objects.ts";
import type { Clock } from "../lib/clock.ts";
import { shortHash } from "../lib/hash.ts";
import type { Write } from "../plan/step.ts";
import type { Audit } from "../telemetry/audit.ts";
import { isWrite, withAround } from "../twilio/wrap-client.ts";
import type { AccountView, Answer, TwilioAccountClient } from "../twilio/types.ts";
import { accountName } from "../plan/policy.ts";

export interface AuditedWrite {
  readonly object: Managed;
  readonly step: Write;
  /** What is known before the write. */
  readonly view: AccountView;
}

/** Puts the audit around the client for one write; the composition root gives it to the executor. */
export type Auditor = (client: TwilioAccountClient, write: AuditedWrite) => TwilioAccountClient;

const HASH_LENGTH = 20;

export function auditor(audit: Audit, clock: Clock): Auditor {
  return (client, { object, step, view }) => {
    const target = targetOf(step);
    const about = {
      object: keyOf(object),
      account: `${object.metadata.namespace}/${accountName(object)}`,
      operation: step.type,
      target,
    };
    return withAround(client, async (method, call) => {
      if (!isWrite(method)) return call();
      const before = hashOf(known(view, target));
      const began = clock.uptime();
      const answer = await call();
      // What our side held back has not been written.
      if (answer.ok || answer.failure.kind !== "notSent")
        audit({ ...about, before, ...said(answer), ms: Math.round(clock.uptime() - began) });
      return answer;
    });
  };
}

function said(answer: Answer<unknown>) {
  if (answer.ok) {
    const requestId = answer.requestId ?? null;
    return { after: hashOf(answer.value), requestId, result: "done", code: null, httpStatus: null };
  }
  const { kind, requestId, code, httpStatus } = answer.failure;
  return {
    after: null,
    requestId: requestId ?? null,
    result: kind,
    code: code ?? null,
    httpStatus: httpStatus ?? null,
  };
}

function targetOf(step: Write): string {
  switch (step.type) {
    case "CreateAddress":
      return step.address.friendlyName;
    case "DeleteAddress":
      return step.sid;
    case "AssociateAddress":
    case "DisassociateAddress":
    case "SetEmergencyStatus":
      return step.numberSid;
    case "EnableEmergencyCalling":
    case "DisableEmergencyCalling":
    case "SetEmergencyCaller":
    case "ClearEmergencyCaller":
      return step.domainSid;
  }
}

function known(view: AccountView, sid: string): unknown {
  return (view.number(sid) ?? view.address(sid) ?? view.domain(sid))?.value;
}

function hashOf(record: unknown): string | null {
  return record === undefined || record === null ? null : shortHash(JSON.stringify(record), HASH_LENGTH);
}
