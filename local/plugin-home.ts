import { createRequire } from "node:module";
import { join } from "node:path";
import { writeScript } from "./cache";
import { nodeScript } from "./engine";
import { cacheDir, projectRoot } from "./paths";

/**
 * Prepares the `PULUMI_HOME` of the local cloud. The stand-in `aws` plugin lies there as if the engine had installed
 * it, so neither PATH nor a project file says anything about it: with the user's own home the real plugin runs.
 */
export async function preparePluginHome(): Promise<string> {
  const home = join(cacheDir, "pulumi-home");
  const { version } = createRequire(__filename)("@pulumi/aws/package.json") as { version: string };
  const plugin = join(home, `plugins/resource-aws-v${version.replace(/^v/, "")}/pulumi-resource-aws`);
  await writeScript(plugin, nodeScript(join(projectRoot, "dist/local/aws-plugin.js")));
  return home;
}
