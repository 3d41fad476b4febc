import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce } from "./cache";
import { cacheDir, projectRoot } from "./paths";
import { runChecked } from "./process";
import { type Progress, silent } from "./progress";

const moduleFolder = join(projectRoot, "local/minio");

/**
 * Builds MinIO's server from its Go module into the cache, unless it is there, and returns its path. It is a test tool
 * under the AGPL that is run as it is and never shipped. With cold caches the build takes four to five minutes on two cores.
 */
export async function installMinio(progress: Progress = silent): Promise<string> {
  const sums = readFileSync(join(moduleFolder, "go.sum"));
  const target = join(cacheDir, `minio-${createHash("sha256").update(sums).digest("hex").slice(0, 12)}`);
  await installOnce(target, async (folder) => {
    progress.say("building MinIO's server, which enforces session policies, from its Go module: four minutes, once");
    const started = Date.now();
    let packages = 0;
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const timer = setInterval(() => progress.tick(`${packages} packages downloaded or compiled, ${seconds()} s`), 1000);
    try {
      const args = ["build", "-v", "-o", join(folder, "minio"), "-ldflags=-s -w", "github.com/minio/minio"];
      const env = { ...process.env, CGO_ENABLED: "0", GOWORK: "off" };
      const onOutput = (text: string) => (packages += text.split("\n").length - 1);
      await runChecked("go", args, { cwd: moduleFolder, env, onOutput }).catch(explainMissingGo);
    } finally {
      clearInterval(timer);
    }
    progress.say(`built MinIO's server in ${seconds()} s`);
  });
  return join(target, "minio");
}

function explainMissingGo(error: unknown): never {
  if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  throw new Error("Building MinIO's server for the tests needs Go 1.25 or newer (https://go.dev/dl)", { cause: error });
}
