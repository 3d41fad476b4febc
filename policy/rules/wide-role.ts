import { objectsArn, pathProblem } from "../../provider/aws/write-scope";
import { partitionOf } from "../../provider/aws/arn";
import { knownText } from "../plain";
import { rolePolicies } from "../role-policies";
import { quoted, type ResourceView, type StackRule, type StackView, textList } from "../rule";
import { RuleConfigError } from "../rule-config";
import { bucketOf, isAws, referred } from "../stack-view";
import { statementFaults } from "../statement-faults";

/** Parameters of {@link wideRole}. */
export interface WideRoleConfig {
  allowActions: string[];
  allowPaths: string[];
}

/** The role of an export, where the stack declares it, may write below the export's path and do nothing else. */
export const wideRole: StackRule<WideRoleConfig> = {
  name: "wide-role",
  description: "An export's role reaches no further than the export.",
  enforcementLevel: "advisory",
  severity: "medium",
  parameters: {
    allowActions: textList("Actions that an export role may have in addition to those of the upload.", []),
    allowPaths: textList("Paths below which an export role may write although no export has them.", [], {
      pattern: "^[^/]+(/[^/]+)*$",
    }),
  },
  checkStack: (view, config) => {
    refuseOddPaths(config);
    const roles = view.resources.filter((resource) => isAws(resource, "iam", ["Role"]));
    return roles.flatMap((role) => {
      const users = view.exports.filter(
        (exported) => referred(exported, { property: "roleArn", candidates: roles, keys: ["arn"] })?.urn === role.urn,
      );
      const [first] = users;
      const prefixes = users.flatMap((user) => prefixOf(view, user, config) ?? []);
      // Without every export's bucket and path nobody can say what is too much.
      if (first === undefined || users.some((user) => prefixOf(view, user, config) === undefined)) return [];
      return rolePolicies(view, role).flatMap((policy) =>
        statementFaults(policy, { prefixes, allowActions: config.allowActions }).map((fault) => ({
          urn: first.urn,
          message: `role ${quoted(knownText(role.props.name) ?? role.name)} ${fault}`,
        })),
      );
    });
  },
};

/** Refuses what the schema's pattern lets pass and no policy can confine. */
function refuseOddPaths({ allowPaths }: WideRoleConfig): void {
  for (const [index, path] of allowPaths.entries()) {
    const problem = pathProblem(path);
    if (problem !== undefined) throw new RuleConfigError(`wide-role.allowPaths[${index}]: ${problem}`);
  }
}

/** The ARN patterns below which an export's role may write. */
function prefixOf(view: StackView, exported: ResourceView, { allowPaths }: WideRoleConfig): string[] | undefined {
  const bucket = knownText(exported.props.bucket) ?? knownText(bucketOf(view, exported)?.props.bucket);
  const path = knownText(exported.props.path);
  if (bucket === undefined || path === undefined) return undefined;
  const partition = partitionOf(knownText(exported.props.roleArn));
  return [path, ...allowPaths].map((prefix) => objectsArn({ partition, bucket, prefix }).replace(/\*$/, ""));
}
