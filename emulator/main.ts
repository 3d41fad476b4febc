import { readFileSync } from "node:fs";
import { ordersDataset } from "./make-orders";
import type { DatasetDefinition, EmulatorOptions } from "./options";
import { startEmulator } from "./server";

type MainOptions = Omit<EmulatorOptions, "datasets"> & {
  readonly datasets: readonly (DatasetDefinition | "orders")[];
};

/**
 * Runs an emulator until SIGTERM, SIGINT or the end of stdin.
 *
 * Options are JSON, from the first argument (`@file` reads a file) or DOMO_EMULATOR_OPTIONS. The dataset text `"orders"`
 * stands for the built-in one. Prints one line: `{"url": …}`.
 */
async function main(): Promise<void> {
  const emulator = await startEmulator(readOptions(process.argv[2] ?? process.env.DOMO_EMULATOR_OPTIONS));
  process.stdout.write(`${JSON.stringify({ url: emulator.url })}\n`);
  const end = () => void emulator.close().finally(() => process.exit(0));
  process.once("SIGTERM", end).once("SIGINT", end);
  process.stdin.once("end", end).resume();
}

function readOptions(given: string | undefined): EmulatorOptions {
  const text = given?.startsWith("@") ? readFileSync(given.slice(1), "utf8") : given;
  if (text === undefined) throw new TypeError("Give the options as JSON: an argument or DOMO_EMULATOR_OPTIONS");
  const options = JSON.parse(text) as MainOptions;
  const datasets = options.datasets.map((dataset) => (dataset === "orders" ? ordersDataset() : dataset));
  return { ...options, datasets };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
