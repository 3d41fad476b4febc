import { UNKNOWN } from "../provider/host/unknown";
import { knownObject, knownText } from "./plain";
import type { ResourceView, StackView } from "./rule";
import { isAws, referred } from "./stack-view";

/** A policy of a role: its text where the stack declares it, else its ARN alone. */
export interface RolePolicyView {
  readonly name: string;
  readonly text?: string;
}

/** The policies of a role as far as they are known: a text with an unknown value in it is left out. */
export function rolePolicies(view: StackView, role: ResourceView): RolePolicyView[] {
  const isOfRole = (resource: ResourceView) =>
    referred(resource, { property: "role", candidates: [role], keys: ["name", "id", "arn"] }) !== undefined;
  const own = view.resources
    .filter((resource) => isAws(resource, "iam", ["RolePolicy"]) && isOfRole(resource))
    .flatMap(({ name, props }) => written(name, props.policy));
  const attached = view.resources
    .filter((resource) => isAws(resource, "iam", ["RolePolicyAttachment"]) && isOfRole(resource))
    .flatMap((resource) => attachment(view, resource));
  const inline = [role.props.inlinePolicies].flat().flatMap((policy) => {
    const { name, policy: text } = knownObject(policy);
    return written(knownText(name) ?? "inline", text);
  });
  const managed = [role.props.managedPolicyArns].flat().flatMap((arn) => byArn(view, knownText(arn)));
  const all = [...own, ...inline, ...attached, ...managed];
  // AWS repeats on the role what other resources put there.
  return all.filter(
    ({ name, text }, index) => all.findIndex((other) => (text ?? name) === (other.text ?? other.name)) === index,
  );
}

function attachment(view: StackView, resource: ResourceView): RolePolicyView[] {
  const candidates = view.resources.filter((candidate) => isAws(candidate, "iam", ["Policy"]));
  const declared = referred(resource, { property: "policyArn", candidates, keys: ["arn", "id"] });
  if (declared) return written(declared.name, declared.props.policy);
  return byArn(view, knownText(resource.props.policyArn));
}

function byArn(view: StackView, arn: string | undefined): RolePolicyView[] {
  if (arn === undefined) return [];
  const declared = view.resources.find(
    (resource) => isAws(resource, "iam", ["Policy"]) && [resource.props.arn, resource.props.id].includes(arn),
  );
  return declared ? written(declared.name, declared.props.policy) : [{ name: arn }];
}

function written(name: string, policy: unknown): RolePolicyView[] {
  const text = typeof policy === "object" && policy !== null ? JSON.stringify(policy) : knownText(policy);
  return text === undefined || text === "" || text.includes(UNKNOWN) ? [] : [{ name, text }];
}
