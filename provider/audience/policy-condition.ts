import { ACCOUNT } from "../aws/arn";
import type { BucketStatement } from "./policy-document";
import type { ExposureKind } from "./exposure";

/** Who is let in by a statement's condition: accounts, or something that is not a list of accounts. */
export interface Confinement {
  readonly kind: ExposureKind;
  /** Set when the condition admits these accounts alone. */
  readonly accounts?: readonly string[];
  /** The rest of the sentence "statement … allows …, and its condition …". */
  readonly explanation: string;
}

/**
 * Operators that are false when the key is absent. `…IfExists`, `ForAllValues:…` and the negated ones are true then, so they
 * confine nobody.
 */
const CONFINING = new Set(["stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike"]);

const OTHER_KEYS: Readonly<Record<string, { kind: ExposureKind; explanation: string }>> = {
  "aws:principalorgid": { kind: "organization", explanation: "lets in every account of that organization" },
  "aws:principalorgpaths": {
    kind: "organization",
    explanation: "lets in every account of that part of the organization",
  },
  "aws:sourceorgid": { kind: "organization", explanation: "lets in every account of that organization" },
  "aws:sourcevpce": { kind: "network", explanation: "lets in anyone who comes through that endpoint, of any account" },
  "aws:sourcevpc": { kind: "network", explanation: "lets in anyone who comes from that network, of any account" },
  "aws:sourceip": { kind: "network", explanation: "lets in anyone who comes from those addresses, of any account" },
  "aws:vpcsourceip": { kind: "network", explanation: "lets in anyone who comes from those addresses, of any account" },
  "s3:dataaccesspointaccount": {
    kind: "unclear",
    explanation: "hands the decision to access points, whose policies are not read here",
  },
  "s3:dataaccesspointarn": {
    kind: "unclear",
    explanation: "hands the decision to access points, whose policies are not read here",
  },
};

/**
 * The narrowest thing that a condition is known to confine a request to; `undefined` when there is no condition.
 * Only fixed accounts count as accounts: an organization, a network, an access point or a pattern admits callers that
 * nobody has named.
 *
 * @param keys condition keys that hold the caller's account or ARN
 */
export function confinement(condition: BucketStatement["Condition"], keys: readonly string[]): Confinement | undefined {
  const tests = Object.entries(condition ?? {}).flatMap(([operator, entries]) =>
    Object.entries(entries).map(([key, values]) => ({ operator: operator.toLowerCase(), key, values })),
  );
  if (tests.length === 0) return undefined;
  for (const { operator, key, values } of tests) {
    if (!CONFINING.has(operator) || !keys.includes(key.toLowerCase())) continue;
    const accounts = values.map(fixedAccount);
    if (accounts.length > 0 && accounts.every((account) => account !== undefined))
      return { kind: "account", accounts, explanation: `on ${key} lets in ${accounts.join(", ")}` };
  }
  for (const { operator, key, values } of tests) {
    const other = OTHER_KEYS[key.toLowerCase()];
    if (other && (CONFINING.has(operator) || operator === "ipaddress") && !values.some(isBoundless))
      return { kind: other.kind, explanation: `on ${key} ${other.explanation}` };
  }
  const names = tests.map(({ key }) => key).join(", ");
  return { kind: "everyone", explanation: `on ${names} does not limit it to certain accounts` };
}

/** Whether a value admits everything, or, as S3 sees it, more addresses than anybody owns. */
function isBoundless(value: string): boolean {
  return /^[*?]*$/.test(value) || /\/[0-7]$/.test(value);
}

/** The account in an account id or an ARN, unless a wildcard or variable stands before or in it. */
export function fixedAccount(value: string): string | undefined {
  return ACCOUNT.exec(value)?.[0] ?? /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):/.exec(value)?.[1];
}
