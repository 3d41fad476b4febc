import { createHash } from "node:crypto";

/** What makes an export traceable in CloudTrail. */
export interface SessionSubject {
  readonly stack: string;
  /** Name of the resource in the program. */
  readonly resource: string;
  /** Id of the Domo dataset. */
  readonly dataset: string;
}

/** Longest `RoleSessionName` that STS takes. */
const NAME_LIMIT = 64;

/** Keys of the session tags. They carry a prefix, so that no tag-based rule of an organisation mistakes them for its own. */
export const SESSION_TAG_KEYS = ["domo-export/stack", "domo-export/resource", "domo-export/dataset"] as const;

/** How STS and CloudTrail name a session: `RoleSessionName` and `Tags` of AssumeRole. */
export function sessionIdentity(subject: SessionSubject): { name: string; tags: { Key: string; Value: string }[] } {
  return { name: sessionName(subject), tags: sessionTags(subject) };
}

/**
 * `RoleSessionName` of the form `domo.<stack>.<resource>.<dataset>`. It is in the ARN of every S3 event in CloudTrail, tags
 * or not. Characters that STS refuses become `-`; where that or the limit of 64 characters loses something, a digest of
 * the whole closes the name, so that two resources never share one.
 */
function sessionName({ stack, resource, dataset }: SessionSubject): string {
  const full = ["domo", stack, resource, dataset].join(".");
  const clean = full.replace(/[^A-Za-z0-9_+=,.@-]/g, "-");
  if (clean === full && full.length <= NAME_LIMIT) return full;
  const digest = createHash("sha256")
    .update(JSON.stringify([stack, resource, dataset]))
    .digest("hex")
    .slice(0, 8);
  return `${clean.slice(0, NAME_LIMIT - 1 - digest.length)}-${digest}`;
}

/**
 * Session tags for AssumeRole's `Tags`, CloudTrail's `requestParameters`. The trust policy of the role has to allow
 * `sts:TagSession`, as that of `exportRoleTrust` does; see {@link refusesSessionTags} for a role that does not.
 */
function sessionTags(subject: SessionSubject): { Key: string; Value: string }[] {
  const values = [subject.stack, subject.resource, subject.dataset];
  return SESSION_TAG_KEYS.map((Key, index) => ({ Key, Value: tagValue(values[index] ?? "") }));
}

/**
 * Why AssumeRole was refused for the tags, so that a session without them may be given: the role's trust policy has no
 * `sts:TagSession`, or policy and tags together are too long. `undefined` when it was for something else.
 */
export function refusesSessionTags(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === "AccessDenied" && error.message.includes("sts:TagSession"))
    return "the role's trust policy does not allow sts:TagSession";
  if (error.name.startsWith("PackedPolicyTooLarge"))
    return "session policy and session tags together are too long for STS";
  return undefined;
}

/** STS takes letters, digits, spaces and `_.:/=+-@`, up to 256 characters. */
function tagValue(text: string): string {
  return Array.from(
    Buffer.from(text)
      .toString()
      .replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, "-"),
  )
    .slice(0, 256)
    .join("");
}

/** Lifetime of the credentials. */
export interface SessionLifetime {
  /** AssumeRole's `DurationSeconds`. */
  readonly seconds: number;
  /** Said to the user where the credentials end before the timeout does. */
  readonly warning?: string;
}

/** Shortest and longest lifetime that every role grants, a chained one included. */
const SHORTEST = 900;
const LONGEST = 3600;
/** What passes between AssumeRole and the moment from which the timeout counts. */
const MARGIN = 60;

/** The shortest lifetime of credentials that covers the timeout: 15 minutes to 1 hour. */
export function sessionSeconds(timeoutSeconds: number, limitedBy = "timeoutSeconds"): SessionLifetime {
  const seconds = Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(timeoutSeconds) + MARGIN));
  if (timeoutSeconds <= LONGEST) return { seconds };
  return {
    seconds,
    warning:
      `${limitedBy} is ${timeoutSeconds} s, but the credentials handed to Domo end after ${LONGEST} s: ` +
      "an export that starts to write later than that will fail; narrow the query, or export when Domo is less busy",
  };
}
