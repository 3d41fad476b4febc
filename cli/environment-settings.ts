import { failureText, PreflightError } from "../provider/errors";
import { readSettings, type Settings } from "../provider/host/settings";

/**
 * Settings for a command that reads no stack: the environment's alone.
 *
 * @throws {PreflightError} when one is missing or wrong
 */
export function environmentSettings(orElse = ""): Settings {
  const result = readSettings({});
  if (result.ok) return result.settings;
  const { DOMO_INSTANCE, DOMO_BASE_URL, DOMO_DEVELOPER_TOKEN } = process.env;
  const unset = [
    ...(DOMO_INSTANCE || DOMO_BASE_URL ? [] : ["DOMO_INSTANCE"]),
    ...(DOMO_DEVELOPER_TOKEN ? [] : ["DOMO_DEVELOPER_TOKEN"]),
  ];
  if (unset.length === 0) throw new PreflightError(result.failures.map(failureText).join("\n"));
  throw new PreflightError(`asking Domo for the columns: the environment lacks ${unset.join(" and ")}`, {
    advice: `export what is missing${orElse}; this command reads no stack's configuration`,
  });
}
