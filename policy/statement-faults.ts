import { parseBucketPolicy } from "../provider/audience/policy-document";
import { uploadStatements } from "../provider/aws/session-policy";
import type { RolePolicyView } from "./role-policies";
import { quoted } from "./rule";

/** What an upload needs, as `exportRolePolicy` writes it. */
const NEEDED: ReadonlySet<string> = new Set(
  uploadStatements({
    partition: "aws",
    bucket: "any",
    prefix: "any",
    kmsKeyArn: "arn:aws:kms:eu-west-3:123456789012:key/any",
  })
    .flatMap(({ Action }) => Action)
    .map((action) => action.toLowerCase()),
);

const WAY_OUT = "write it with exportRolePolicy({ bucket, path })";

/** What a role may do. */
export interface Allowance {
  /** ARNs below which it may write, each with a slash at its end. */
  readonly prefixes: readonly string[];
  readonly allowActions: readonly string[];
}

/** How a policy reaches further than an upload needs, as the rest of a sentence that begins with the role. */
export function statementFaults(policy: RolePolicyView, allowance: Allowance): string[] {
  const label = `policy ${quoted(policy.name)}`;
  if (policy.text === undefined)
    return [
      `has ${label}, which this stack does not show and no managed policy is as narrow as an export — ${WAY_OUT}`,
    ];
  const statements = parseBucketPolicy(policy.text);
  if (statements === undefined) return [`has ${label}, which can't be understood — ${WAY_OUT}`];
  const allowed = new Set([...NEEDED, ...allowance.allowActions.map((action) => action.toLowerCase())]);
  return statements
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, NotAction, Resource, label: statement }) => {
      const where = `by statement ${statement} of ${label}`;
      if (Action === undefined) return [`may do all but ${quoted(NotAction ?? [])} ${where} — ${WAY_OUT}`];
      const actions = Action.filter((action) => !allowed.has(action.toLowerCase()));
      if (actions.length > 0) return [`may do ${actions.map(quoted).join(", ")} ${where} — ${WAY_OUT}`];
      if (Action.every((action) => !NEEDED.has(action.toLowerCase()))) return [];
      const resources = (Resource ?? ["*"]).filter((resource) => !isNarrow(resource, allowance.prefixes));
      return resources.length === 0
        ? []
        : [`reaches ${resources.map(quoted).join(", ")} ${where}, not only the path of its exports — ${WAY_OUT}`];
    });
}

function isNarrow(resource: string, prefixes: readonly string[]): boolean {
  return (
    prefixes.some((prefix) => resource.startsWith(prefix)) ||
    /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/.test(resource)
  );
}
