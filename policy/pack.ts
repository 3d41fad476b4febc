import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { isExportType } from "../provider/host/resource-types";
import { exportInputs } from "./export-inputs";
import type { ExportRule, StackRule } from "./rule";
import { ruleConfig } from "./rule-config";
import { stackView } from "./stack-view";
import { allowedBuckets } from "./rules/allowed-buckets";
import { audienceOverrideTicket } from "./rules/audience-override-ticket";
import { counted } from "./rules/counted";
import { encryptionRequired } from "./rules/encryption-required";
import { explicitColumns } from "./rules/explicit-columns";
import { forbiddenColumns } from "./rules/forbidden-columns";
import { oneDestination } from "./rules/one-destination";
import { openBucket } from "./rules/open-bucket";
import { pathNamesEnvironment } from "./rules/path-names-environment";
import { roleRequired } from "./rules/role-required";
import { rowLimit } from "./rules/row-limit";
import { wideRole } from "./rules/wide-role";

/** All rules, in the order in which they are documented. */
export const policies: Policies = [
  exportPolicy(explicitColumns),
  exportPolicy(forbiddenColumns),
  exportPolicy(allowedBuckets),
  exportPolicy(roleRequired),
  exportPolicy(audienceOverrideTicket),
  exportPolicy(pathNamesEnvironment),
  exportPolicy(counted),
  exportPolicy(rowLimit),
  stackPolicy(encryptionRequired),
  stackPolicy(oneDestination),
  stackPolicy(openBucket),
  stackPolicy(wideRole),
];

function exportPolicy<Config extends object>(rule: ExportRule<Config>): ResourceValidationPolicy {
  const { check, parameters, ...text } = rule;
  return {
    ...text,
    configSchema: { properties: parameters },
    validateResource: (args, reportViolation) => {
      const { type, name, urn, props } = args;
      if (!isExportType(type)) return;
      const stack = urn.split("::")[0]?.split(":").at(-1) ?? "";
      const view = { name, urn, stack, inputs: exportInputs(props) };
      for (const message of check(view, ruleConfig(rule.name, parameters, args.getConfig()))) reportViolation(message);
    },
  };
}

function stackPolicy<Config extends object>(rule: StackRule<Config>): StackValidationPolicy {
  const { checkStack, parameters, ...text } = rule;
  return {
    ...text,
    configSchema: { properties: parameters },
    validateStack: (args, reportViolation) => {
      const config = ruleConfig(rule.name, parameters, args.getConfig());
      for (const { urn, message } of checkStack(stackView(args.resources), config)) reportViolation(message, urn);
    },
  };
}
