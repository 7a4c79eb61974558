/** What the API server takes for names, for manifests and for the flags whose values stand in manifests. */
import { InvalidArgumentError } from "commander";

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const NAME = new RegExp(String.raw`^${LABEL}(\.${LABEL})*$`);
const NAMESPACE = new RegExp(`^${LABEL}$`);

export function isObjectName(text: string): boolean {
  return text.length <= 253 && NAME.test(text);
}

/** The value of a flag, as it is. Throws InvalidArgumentError. */
export function objectName(text: string): string {
  if (isObjectName(text)) return text;
  throw new InvalidArgumentError("a name is lower-case letters, digits, - and ., such as head-office");
}

/** The value of a flag, as it is. Throws InvalidArgumentError. */
export function namespaceName(text: string): string {
  if (text.length <= 63 && NAMESPACE.test(text)) return text;
  throw new InvalidArgumentError("a namespace is lower-case letters, digits and -, at most 63 characters");
}
