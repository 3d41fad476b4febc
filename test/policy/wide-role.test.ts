import { expect, test } from "vitest";
import type { ResourceView } from "../../policy/rule";
import { wideRole, type WideRoleConfig } from "../../policy/rules/wide-role";
import { viewOf } from "../../policy/stack-view";
import { UNKNOWN } from "../../provider/host/unknown";
import { resource, sales } from "../support/policy-view";

const roleArn = "arn:aws:iam::123456789012:role/r";
const config: WideRoleConfig = { allowActions: ["s3:GetObject"], allowPaths: ["shared"] };
const way = "write it with exportRolePolicy({ bucket, path })";
const statement = (Action: string, Resource: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource }] });

/** What the rule says of a role with these properties, and of the resources that give it policies. */
function judge(role: Record<string, unknown>, ...others: ResourceView[]): string[] {
  const resources = [
    resource("aws:iam/role:Role", "r", { name: "r", arn: roleArn, ...role }),
    ...others,
    sales({ bucket: "exports", path: "a", roleArn }),
  ];
  return wideRole.checkStack(viewOf(resources), config).map(({ message }) => message);
}
const own = (policy: unknown) => resource("aws:iam/rolePolicy:RolePolicy", "p", { role: "r", policy });
const declared = (policy: unknown, arn: string) => resource("aws:iam/policy:Policy", "p", { arn, policy });
const attach = (policyArn: string, dependencies = {}) =>
  resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", { role: "r", policyArn }, dependencies);

test("a role may write below its export's path, below allowed paths, and do allowed actions", () => {
  expect(judge({}, own(statement("s3:putobject", "arn:aws:s3:::exports/a/*")))).toEqual([]);
  expect(judge({}, own(statement("s3:PutObject", "arn:aws:s3:::exports/shared/x/*")))).toEqual([]);
  expect(judge({}, own(statement("s3:GetObject", "*")))).toEqual([]);
  expect(judge({}, own(statement("s3:PutObject", "arn:aws:s3:::exports/ab/*")))).toEqual([
    `role "r" reaches "arn:aws:s3:::exports/ab/*" by statement number 1 of policy "p", not only the path of its exports — ${way}`,
  ]);
});

test("a policy of the stack is judged however it comes to the role", () => {
  const delivers = (policy: string) => [
    judge({}, own(policy)),
    judge({ inlinePolicies: [{ name: "p", policy }] }),
    judge({}, declared(policy, "arn:p"), attach("arn:p")),
    judge({}, declared(policy, UNKNOWN), attach(UNKNOWN, { policyArn: ["p"] })),
    judge({ managedPolicyArns: ["arn:p"] }, declared(policy, "arn:p")),
  ];
  const tooMuch = `role "r" may do "s3:DeleteObject" by statement number 1 of policy "p" — ${way}`;
  const narrow = statement("s3:PutObject", "arn:aws:s3:::exports/a/*");
  expect(delivers(statement("s3:DeleteObject", "*"))).toEqual(Array(5).fill([tooMuch]));
  expect(delivers(narrow)).toEqual(Array(5).fill([]));
});

test("a policy that the stack does not show is too wide, and one that is not known yet is not judged", () => {
  const full = "arn:aws:iam::aws:policy/AmazonS3FullAccess";
  const tooWide = `role "r" has policy "${full}", which this stack does not show and no managed policy is as narrow as an export — ${way}`;
  expect(judge({ managedPolicyArns: [full] })).toEqual([tooWide]);
  expect(judge({}, attach(full))).toEqual([tooWide]);
  expect(judge({ managedPolicyArns: [full] }, attach(full))).toEqual([tooWide]);
  expect(judge({}, own(UNKNOWN))).toEqual([]);
  expect(judge({}, attach(UNKNOWN))).toEqual([]);
  expect(judge({ inlinePolicies: UNKNOWN, managedPolicyArns: UNKNOWN })).toEqual([]);
});

test("an allowed path that no policy can confine ends the run", () => {
  const run = (allowPaths: string[]) => () => wideRole.checkStack(viewOf([]), { ...config, allowPaths });
  expect(run(["a", "b/../c"])).toThrow(
    'wide-role.allowPaths[1]: path "b/../c" has an empty, "." or ".." component, which HTTP clients rewrite; leave it out',
  );
});
