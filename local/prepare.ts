/* Fills the caches with progress shown, so that the tests find everything and are not timed out by an install. */
import { ordersDataset } from "../emulator/make-orders";
import { installActionlint } from "./actionlint-build";
import { findEngine } from "./engine";
import { installLanguages } from "./languages-install";
import { installMinio } from "./minio-build";
import { installMoto } from "./moto-install";
import { installNewest } from "./newest-install";
import { preparePluginHome } from "./plugin-home";
import { terminalProgress } from "./progress";
import { installZizmor } from "./zizmor-install";

async function prepare(): Promise<void> {
  const progress = terminalProgress();
  const engine = await findEngine({ progress });
  await installMoto(progress);
  await installMinio(progress);
  await installActionlint(progress);
  await installZizmor(progress);
  await installNewest(progress);
  await installLanguages(progress);
  await preparePluginHome();
  ordersDataset();
  progress.say(`ready: Pulumi ${engine.version}, ${engine.origin}`);
}

prepare().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
