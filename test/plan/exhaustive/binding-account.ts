/** The account of one binding as its World shows it: credentials, numbers, Addresses and domains, chosen as they are read. */
import type { AccountState } from "../../../src/plan/world.ts";
import type { AccountView, AddressRecord, DomainRecord, NumberRecord } from "../../../src/twilio/types.ts";
import { tagOf } from "../../support/builders.ts";
import {
  ACCOUNT,
  addressRecord,
  anAccount,
  CONTENT,
  domainRecord,
  NOW,
  numberRecord,
} from "../../support/planning.ts";
import {
  DESK,
  EDITED,
  FOREIGN,
  LONG_AGO,
  EARLIER,
  OLD,
  OTHER,
  SIP,
  sids,
  TARGET,
  TRUSTED,
  TWIN,
  type BindingChoices,
} from "./binding-choices.ts";

const content = { ...CONTENT, streetSecondary: "" };
const OLD_CONTENT = { ...content, street: "9 Old St" };
const records: Readonly<Record<string, AddressRecord>> = {
  target: addressRecord({ sid: TARGET, friendlyName: tagOf("hq"), dateCreated: 1, dateUpdated: 1 }),
  // An edited Address or a twin is there only where the number is at it: elsewhere it is one more `old` or `target`.
  twin: addressRecord({ sid: TWIN, friendlyName: tagOf("hq", {}, 1) }),
  old: addressRecord({ ...OLD_CONTENT, sid: OLD, friendlyName: tagOf("hq", OLD_CONTENT) }),
  disabled: addressRecord({
    ...OLD_CONTENT,
    sid: OLD,
    friendlyName: tagOf("hq", OLD_CONTENT),
    emergencyEnabled: false,
  }),
  edited: addressRecord({
    sid: EDITED,
    friendlyName: tagOf("hq", {}, 2),
    street: "7 Scribble St",
    dateUpdated: NOW,
  }),
  foreign: addressRecord({ sid: FOREIGN, friendlyName: "Front desk" }),
};

const PHONES = { same: "+13035550100", other: "+442079460000", unknown: "+18005550100" };

export function accountOf(c: BindingChoices): AccountState {
  const view = viewOf(c);
  return {
    object: {
      ...anAccount(),
      spec: {
        accountSid: ACCOUNT,
        get managementPolicy() {
          return c.get("mode") === "accountObserves" ? "Observe" : "Manage";
        },
      },
    },
    get credentials() {
      return credentials(c);
    },
    get view() {
      return c.get("account") === "unlisted" ? undefined : view;
    },
    get lastSuccessAt() {
      return c.get("account") === "stale" ? LONG_AGO : NOW;
    },
    get lastFailure() {
      return c.get("failure") ? { kind: "unknown", message: "no answer" } : undefined;
    },
    get maxUnprotected() {
      return c.get("maxUnprotected");
    },
    maxStalenessMs: 1_800_000,
    sweepIntervalMs: 600_000,
  } as unknown as AccountState;
}

function viewOf(c: BindingChoices): AccountView {
  const seen = seenNumber(c);
  const address = (of: string): AddressRecord | undefined => presentAddress(c, of);
  const other = (): NumberRecord => otherNumber(c);
  const domain = (caller: string): DomainRecord => domainRecord({ sid: SIP, emergencyCallerSid: caller });
  return {
    accountSid: ACCOUNT,
    listedAt: NOW,
    suspect: false,
    number: (of: string) => {
      if (of === OTHER) return { value: other(), observedAt: NOW, missing: false, direct: true };
      return c.get("number") === "unknown" ? undefined : seen;
    },
    numbersAt: () => [],
    address: (of: string) => {
      const value = address(of);
      const missing = of === TARGET && value !== undefined && c.get("targetSeen") === "missing";
      return value === undefined ? undefined : { value, observedAt: NOW, missing };
    },
    addressesNamed: () =>
      [TARGET, TWIN, OLD, EDITED].flatMap((of) => {
        const value = address(of);
        return value === undefined ? [] : [{ value, observedAt: NOW, missing: false }];
      }),
    domain: (of: string) => ({ value: { ...domain(DESK), sid: of }, observedAt: NOW, missing: false }),
    domains: () => ({ none: [], this: [domain(DESK)], another: [domain(OTHER)] })[c.get("caller")],
    absentAt: () =>
      ({ never: undefined, beforeTrust: TRUSTED - 1, afterTrust: TRUSTED + 1 })[c.get("absence")],
    writtenAt: () => {
      if (c.get("evidence") === "beforeWrite") return NOW;
      return c.get("direct") || !c.get("wrote") ? undefined : EARLIER;
    },
  } as unknown as AccountView;
}

function seenNumber(c: BindingChoices): object {
  return {
    value: {
      ...numberRecord(),
      get phoneNumber() {
        return PHONES[c.get("country")];
      },
      get emergencyStatus() {
        return c.get("reported");
      },
      get emergencyAddressSid() {
        return sids[c.get("sid")];
      },
      get emergencyAddressStatus() {
        return c.get("status");
      },
    },
    get observedAt() {
      return c.get("evidence") === "beforeTrust" ? TRUSTED - 1 : NOW - 1;
    },
    get missing() {
      return c.get("number") === "missing";
    },
    get direct() {
      return c.get("direct");
    },
  };
}

function credentials(c: BindingChoices): object {
  const kind = c.get("credentials");
  if (kind === "rejected") return { kind, failure: { kind: "unauthorized", message: "Authenticate" } };
  return { kind, message: "the Secret lacks authToken" };
}

/** The record of this sid, if Twilio has it. */
function presentAddress(c: BindingChoices, of: string): AddressRecord | undefined {
  switch (of) {
    case TARGET:
      return c.get("current") === "none" ? undefined : records["target"];
    case TWIN:
      return c.get("current") === "none" || c.get("sid") !== "twin" ? undefined : records["twin"];
    case OLD:
      return { live: records["old"], disabled: records["disabled"], absent: undefined }[c.get("old")];
    case EDITED:
      return c.get("sid") === "edited" ? records["edited"] : undefined;
    case FOREIGN:
      return records["foreign"];
    default:
      return undefined;
  }
}

function otherNumber(c: BindingChoices): NumberRecord {
  const at = (emergencyAddressSid: string | null, emergencyAddressStatus: string): NumberRecord =>
    numberRecord({ sid: OTHER, phoneNumber: "+13035550101", emergencyAddressSid, emergencyAddressStatus });
  switch (c.get("other")) {
    case "none":
    case "changing":
      return at(null, "unregistered");
    case "going":
      return at(OLD, "pending-unregistration");
    case "failed":
      return at(OLD, "unregistration-failure");
    case "firstInLine":
    case "lastInLine":
      return at(FOREIGN, "registered");
  }
}
