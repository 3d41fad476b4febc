import { realClock } from "../../provider/host/clock";
import { createDomoClient } from "../../provider/domo/client";
import { PreflightError } from "../../provider/errors";
import { readSettings, type Settings } from "../../provider/host/settings";
import type { ReviewedExport } from "./describe-export";
import type { StackConfig } from "./stack-config";

/** The settings with which Domo is asked: from the environment and from the stack, but for secrets. */
export function domoSettings(config: StackConfig): Settings {
  const readable = (key: string) => (config.secretKeys.includes(key) ? undefined : config.values[key]);
  const result = readSettings({ config: { get: readable } });
  if (!result.ok) throw new PreflightError(result.failures.map(({ reason }) => reason).join("\n"));
  return result.settings;
}

/** Asks Domo for the name of each dataset. */
export async function withNames(exports: readonly ReviewedExport[], config: StackConfig): Promise<ReviewedExport[]> {
  const domo = await createDomoClient(domoSettings(config), realClock());
  const ids = new Set(exports.flatMap(({ dataset }) => ("value" in dataset ? [dataset.value] : [])));
  const names = new Map(await Promise.all([...ids].map(async (id) => [id, (await domo.dataset(id)).name] as const)));
  return exports.map((item) =>
    "value" in item.dataset ? { ...item, datasetName: names.get(item.dataset.value) } : item,
  );
}
