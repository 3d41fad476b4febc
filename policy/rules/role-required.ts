import { UNKNOWN } from "../../provider/host/unknown";
import { type ExportRule, quoted } from "../rule";

/** Domo is handed credentials of a role's session, never the caller's own. */
export const roleRequired: ExportRule<object> = {
  name: "role-required",
  description: "An export writes by a role.",
  enforcementLevel: "mandatory",
  severity: "critical",
  parameters: {},
  check: ({ inputs: { allowLongLivedCredentials, roleArn } }) => {
    if (allowLongLivedCredentials === true)
      return [
        roleArn === undefined
          ? 'allowLongLivedCredentials is "true", so that Domo is handed AWS keys that reach beyond the export — give roleArn and remove it'
          : `allowLongLivedCredentials is "true" next to role ${roleArn === UNKNOWN ? "of this stack" : quoted(roleArn)}, so that removing the role would hand Domo the caller's keys — remove it`,
      ];
    return [];
  },
};
