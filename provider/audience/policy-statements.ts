import { confinement, fixedAccount } from "./policy-condition";
import { ACCEPT, type AudienceContext, type Opening, type OpeningKind } from "./exposure";
import { type BucketStatement, parseBucketPolicy } from "./policy-document";

/** What services need to deliver logs and the like: it lets them write and look around, and read no object. */
const DELIVERY = new Set(
  ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"].map(lower),
);

/** One who is let in by a statement. */
interface Guest {
  readonly name: string;
  readonly kind: OpeningKind;
  /** Set where the guest is one account's. */
  readonly account?: string;
  /** Serves what it reads to the web, so that no confinement helps. */
  readonly publishes?: boolean;
}

/**
 * The statements of a bucket policy that let in somebody outside of the own accounts.
 *
 * Decided conservatively: a `Deny` is not weighed against an `Allow`; an `Allow` with `NotPrincipal` counts as everyone; a
 * foreign canonical user, federated user or principal id counts as a foreign account; a service is fine when it may
 * only deliver, or when the statement confines it to the own accounts, and CloudFront never is, as it publishes.
 */
export function policyOpenings(text: string, context: AudienceContext, ownerId: string | undefined): Opening[] {
  const statements = parseBucketPolicy(text);
  if (statements === undefined)
    return [
      {
        kind: "unclear",
        evidence: text,
        message: `bucket "${context.bucket}" has a policy that can't be understood, so its audience is unknown; correct the policy, ${ACCEPT}`,
      },
    ];
  return statements
    .filter((statement) => statement.Effect === "Allow" && touchesExports(statement, context))
    .flatMap((statement) => statementOpening(statement, context, ownerId) ?? []);
}

function statementOpening(
  statement: BucketStatement,
  context: AudienceContext,
  ownerId: string | undefined,
): Opening | undefined {
  const unwelcome = guests(statement, ownerId).filter((guest) => !isWelcome(guest, statement, context));
  const worst = unwelcome.find(({ kind }) => kind === "everyone") ?? unwelcome[0];
  if (worst === undefined) return undefined;
  const confined = confinement(statement.Condition, accountKeys(worst));
  const kind = worst.kind === "everyone" && confined !== undefined ? confined.kind : worst.kind;
  const actions = statement.Action?.join(", ") ?? `all but ${statement.NotAction?.join(", ")}`;
  const names = unwelcome.map(({ name }) => name).join(", ");
  const condition = confined === undefined ? "" : `, and its condition ${confined.explanation}`;
  return {
    kind,
    evidence: statement.source,
    message:
      `bucket "${context.bucket}" is open to ${audience(kind)}: statement ${statement.label} of its policy allows ` +
      `${actions} to ${names}${condition}; ${wayOut(worst)}, ${ACCEPT}`,
  };
}

function guests(statement: BucketStatement, ownerId: string | undefined): Guest[] {
  if (statement.Principal === undefined) return [{ name: "all but its NotPrincipal", kind: "everyone" }];
  const { AWS = [], Service = [], Federated = [], CanonicalUser = [] } = statement.Principal;
  return [
    ...AWS.map(awsGuest),
    ...Service.map((name): Guest => ({
      name: `"${name}"`,
      kind: "service",
      publishes: name === "cloudfront.amazonaws.com",
    })),
    ...Federated.map((name): Guest => ({ name: `federated "${name}"`, kind: "account" })),
    ...CanonicalUser.filter((id) => id !== ownerId).map((id): Guest => ({
      name: `canonical user "${id}"`,
      kind: "account",
    })),
  ];
}

function awsGuest(principal: string): Guest {
  const name = `"${principal}"`;
  if (principal === "*") return { name, kind: "everyone" };
  // An origin access identity: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
  if (principal.includes(":iam::cloudfront:")) return { name, kind: "service", publishes: true };
  return { name, kind: "account", account: fixedAccount(principal) };
}

function isWelcome(guest: Guest, statement: BucketStatement, { ownAccounts }: AudienceContext): boolean {
  if (guest.account !== undefined && ownAccounts.includes(guest.account)) return true;
  if (guest.publishes) return false;
  if (guest.kind === "service" && statement.Action?.every((action) => DELIVERY.has(lower(action)))) return true;
  const accounts = confinement(statement.Condition, accountKeys(guest))?.accounts;
  return accounts !== undefined && accounts.every((account) => ownAccounts.includes(account));
}

/** A service acts for the account of the source; only AWS sets these keys, and for people it sets none of them. */
function accountKeys({ kind }: Guest): string[] {
  return kind === "service" ? ["aws:sourceaccount", "aws:sourcearn"] : ["aws:principalaccount", "aws:principalarn"];
}

/** Whether a statement speaks of the bucket itself or of keys that the export may write. */
function touchesExports({ Resource }: BucketStatement, { bucket, partition, prefix = "" }: AudienceContext): boolean {
  const root = `arn:${partition}:s3:::${bucket}`;
  const exports = prefix === "" ? `${root}/` : `${root}/${prefix}/`;
  return (Resource ?? ["*"]).some((pattern) => {
    const fixed = /^[^*?$]*/.exec(pattern)?.[0] ?? "";
    return pattern === root || fixed.startsWith(exports) || (fixed !== pattern && exports.startsWith(fixed));
  });
}

function audience(kind: OpeningKind): string {
  switch (kind) {
    case "everyone":
      return "everyone";
    case "account":
      return "another account";
    case "organization":
      return "an organization";
    case "network":
      return "a network";
    case "service":
      return "a service";
    case "website":
    case "owner":
    case "unclear":
      return "callers that can't be told";
  }
}

function wayOut({ kind, publishes }: Guest): string {
  if (publishes) return "remove the statement, as a distribution publishes what it reads";
  const key = kind === "service" ? "aws:SourceAccount" : "aws:PrincipalAccount";
  return `remove the statement, confine it with StringEquals on ${key} to accounts of yours`;
}

function lower(text: string): string {
  return text.toLowerCase();
}
