import { type Host, readSettings, type Settings } from "../../../provider/host/settings";
import { type Check, fail, ok } from "../check";
import type { StackSettings } from "../stack-settings";

/** The settings as an export reads them, and what is wrong with them. */
export function checkSettings({ finding, config, plainToken }: StackSettings): {
  checks: Check[];
  settings?: Settings;
} {
  const host: Host = { config };
  const result = readSettings(host);
  const checks: Check[] = [{ name: "stack configuration", ...finding }];
  if (plainToken)
    checks.push({
      name: "token in plain text",
      ...fail(
        "the stack's configuration holds domo:developerToken in plain text",
        "run pulumi config set --secret domo:developerToken, and replace the token in Domo if others can read the stack's file",
      ),
    });
  if (result.ok) {
    checks.push({ name: "instance", ...ok(result.settings.origin) });
    return { checks, settings: result.settings };
  }
  if (result.origin !== undefined) checks.push({ name: "instance", ...ok(result.origin) });
  for (const { property, reason } of result.failures) checks.push({ name: property, ...fail(reason) });
  return { checks };
}
