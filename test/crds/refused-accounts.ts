/** Accounts that the API server must refuse, and the words that a person is to read. */
import { refusedOf, sid, type Refused } from "./manifests.ts";

const account = refusedOf("TwilioAccount");
const DURATION = "must be a duration of seconds, minutes and hours such as 30s, 10m or 1h30m";

export const REFUSED_ACCOUNTS: readonly Refused[] = [
  account(
    "a region without a name",
    { twilioRegion: "" },
    "spec.twilioRegion in body should be at least 1 chars long",
  ),
  account(
    "a region of 33 characters",
    { twilioRegion: "x".repeat(33) },
    "spec.twilioRegion: Too long: may not be more than 32",
  ),
  account(
    "an edge without a name",
    { twilioEdge: "" },
    "spec.twilioEdge in body should be at least 1 chars long",
  ),
  account(
    "an edge of 33 characters",
    { twilioEdge: "x".repeat(33) },
    "spec.twilioEdge: Too long: may not be more than 32",
  ),
  account(
    "a staleness of many digits",
    { maxStaleness: "1000000000000000s" },
    "spec.maxStaleness: Too long: may not be more than 16",
  ),
  account("no accountSid", { accountSid: undefined }, "spec.accountSid: Required value"),
  account(
    "the sid of a number as accountSid",
    { accountSid: sid("PN") },
    "accountSid must be the sid of a Twilio account: AC and 32",
  ),
  account(
    "an accountSid that is too short",
    { accountSid: "AC123" },
    "accountSid must be the sid of a Twilio account",
  ),
  account(
    "an accountSid that is too long",
    { accountSid: `${sid("AC")}0` },
    "spec.accountSid: Too long: may not be more than 34",
  ),
  account("no Secret", { credentialsSecretRef: undefined }, "spec.credentialsSecretRef: Required value"),
  account(
    "a managementPolicy that is not one",
    { managementPolicy: "Ignore" },
    'supported values: "Manage", "Observe"',
  ),
  account(
    "a host name as region",
    { twilioRegion: "evil.example/" },
    "twilioRegion must be the short name of a region",
  ),
  account("a host name as edge", { twilioEdge: "a.b" }, "twilioEdge must be the short name of an edge"),
  account("no request at all", { maxConcurrentRequests: 0 }, "should be greater than or equal to 1"),
  account("too many requests", { maxConcurrentRequests: 101 }, "should be less than or equal to 100"),
  account("a negative maxUnprotected", { maxUnprotected: -1 }, "should be greater than or equal to 0"),
  account("half a number for maxUnprotected", { maxUnprotected: 0.5 }, "spec.maxUnprotected: Invalid value"),
  account("an interval in days", { sweepInterval: "1d" }, `sweepInterval ${DURATION}`),
  account("a negative interval", { sweepInterval: "-5m" }, `sweepInterval ${DURATION}`),
  account("an interval without a unit", { sweepInterval: "600" }, `sweepInterval ${DURATION}`),
  account("an interval with a fraction", { sweepInterval: "1.5h" }, `sweepInterval ${DURATION}`),
  account(
    "an interval of many digits",
    { sweepInterval: "1000000000000000s" },
    "spec.sweepInterval: Too long: may not be more than 16",
  ),
  account(
    "an interval below 30s",
    { sweepInterval: "29s" },
    "sweepInterval must be at least 30s and at most 24h",
  ),
  account(
    "an interval above 24h",
    { sweepInterval: "24h1s" },
    "sweepInterval must be at least 30s and at most 24h",
  ),
  account("an empty staleness", { maxStaleness: "" }, `maxStaleness ${DURATION}`),
  account(
    "a staleness below 1m",
    { maxStaleness: "59s" },
    "maxStaleness must be at least 1m and at most 72h",
  ),
  account(
    "a staleness above 72h",
    { maxStaleness: "73h" },
    "maxStaleness must be at least 1m and at most 72h",
  ),
  account(
    "a staleness below twice the interval",
    { sweepInterval: "10m", maxStaleness: "19m59s" },
    "maxStaleness must be at least twice the sweepInterval",
  ),
];
