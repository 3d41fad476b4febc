import { confinement, fixedAccount } from "./policy-condition";
import type { AudienceContext, Exposure, ExposureKind } from "./exposure";
import { type BucketStatement, parseBucketPolicy } from "./policy-document";

/** What services need to deliver logs and the like: it lets them write and look around, and read no object. */
const DELIVERY = new Set(
  ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"].map(lower),
);

/** One who is let in by a statement. */
interface Principal {
  readonly name: string;
  readonly kind: ExposureKind;
  /** Set where the principal is one account's. */
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
export function policyExposures(text: string, context: AudienceContext, ownerId: string | undefined): Exposure[] {
  const statements = parseBucketPolicy(text);
  if (statements === undefined)
    return [
      {
        kind: "unclear",
        evidence: text,
        fact: `bucket "${context.bucket}" has a policy that can't be understood, so its audience is unknown`,
        advice: "correct the policy",
      },
    ];
  return statements
    .filter((statement) => statement.Effect === "Allow" && touchesExports(statement, context))
    .flatMap((statement) => statementExposure(statement, context, ownerId) ?? []);
}

function statementExposure(
  statement: BucketStatement,
  context: AudienceContext,
  ownerId: string | undefined,
): Exposure | undefined {
  const outsiders = principalsOf(statement, ownerId).filter((principal) => !isOwn(principal, statement, context));
  const worst = outsiders.find(({ kind }) => kind === "everyone") ?? outsiders[0];
  if (worst === undefined) return undefined;
  const confined = confinement(statement.Condition, accountKeys(worst));
  const kind = worst.kind === "everyone" && confined !== undefined ? confined.kind : worst.kind;
  const actions = statement.Action?.join(", ") ?? `all but ${statement.NotAction?.join(", ")}`;
  const principals = outsiders.map(({ name }) => name);
  const condition = confined === undefined ? "" : `, and its condition ${confined.explanation}`;
  return {
    kind,
    evidence: statement.source,
    principals,
    fact:
      `bucket "${context.bucket}" is open to ${audienceName(kind)}: statement ${statement.label} of its policy allows ` +
      `${actions} to ${principals.join(", ")}${condition}`,
    advice: adviceFor(worst),
  };
}

function principalsOf({ Principal, NotPrincipal }: BucketStatement, ownerId: string | undefined): Principal[] {
  if (Principal === undefined || NotPrincipal !== undefined)
    return [{ name: "all but its NotPrincipal", kind: "everyone" }];
  const { AWS = [], Service = [], Federated = [], CanonicalUser = [] } = Principal;
  const canonical = CanonicalUser.filter((id) => id !== ownerId);
  return [
    ...AWS.map(awsPrincipal),
    ...Service.map(servicePrincipal),
    ...Federated.map((name): Principal => ({ name: `federated "${name}"`, kind: "account" })),
    ...canonical.map((id): Principal => ({ name: `canonical user "${id}"`, kind: "account" })),
  ];
}

function awsPrincipal(principal: string): Principal {
  const name = `"${principal}"`;
  if (principal === "*") return { name, kind: "everyone" };
  // An origin access identity: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
  if (principal.includes(":iam::cloudfront:")) return { name, kind: "service", publishes: true };
  return { name, kind: "account", account: fixedAccount(principal) };
}

function servicePrincipal(service: string): Principal {
  return { name: `"${service}"`, kind: "service", publishes: lower(service).startsWith("cloudfront.") };
}

/** Whether a principal is of the own accounts, or is kept to them or to harmless actions. */
function isOwn(principal: Principal, statement: BucketStatement, { ownAccounts }: AudienceContext): boolean {
  if (principal.account !== undefined && ownAccounts.includes(principal.account)) return true;
  if (principal.publishes) return false;
  if (principal.kind === "service" && statement.Action?.every((action) => DELIVERY.has(lower(action)))) return true;
  const accounts = confinement(statement.Condition, accountKeys(principal))?.accounts;
  return accounts !== undefined && accounts.every((account) => ownAccounts.includes(account));
}

/** A service acts for the account of the source; only AWS sets these keys, and for people it sets none of them. */
function accountKeys({ kind }: Principal): string[] {
  return kind === "service" ? ["aws:sourceaccount", "aws:sourcearn"] : ["aws:principalaccount", "aws:principalarn"];
}

/** Whether a statement speaks of the bucket itself or of keys that the export may write, whatever its partition. */
function touchesExports({ Resource }: BucketStatement, { bucket, prefix = "" }: AudienceContext): boolean {
  const exports = prefix === "" ? `${bucket}/` : `${bucket}/${prefix}/`;
  return (Resource ?? ["*"]).some((pattern) => {
    // A pattern that is vague before the bucket's name may mean any bucket.
    const place = /^arn:[^:]*:s3:::(.*)/s.exec(pattern)?.[1] ?? "*";
    const fixed = place.replace(/[*?$].*/s, "");
    return place === bucket || fixed.startsWith(exports) || (fixed !== place && exports.startsWith(fixed));
  });
}

function audienceName(kind: ExposureKind): string {
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
      return "callers that nobody can name";
  }
}

function adviceFor({ kind, publishes }: Principal): string {
  if (publishes) return "remove the statement, as a distribution publishes what it reads";
  const key = kind === "service" ? "aws:SourceAccount" : "aws:PrincipalAccount";
  return `remove the statement, confine it with StringEquals on ${key} to accounts of yours`;
}

function lower(text: string): string {
  return text.toLowerCase();
}
