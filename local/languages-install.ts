import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installOnce, writeScript } from "./cache";
import { buildGoCommand } from "./go-build";
import { cacheDir, projectRoot } from "./paths";
import { type Progress, silent } from "./progress";
import { installVenv } from "./python-venv";

/** What is needed to run programs of other languages than Node's, where the official bundle of Pulumi is out of reach. */
export interface Languages {
  /** Folder of the language hosts, to stand on PATH after the engine's own. */
  readonly folder: string;
  /** Generates SDKs from schemas. */
  readonly sdkgen: string;
}

/**
 * Fills the cache with the language hosts for YAML (the real one, built from its Go module) and Python (a stand-in, whose module
 * is not published), and with the generator of SDKs. With cold caches that takes about two minutes on two cores.
 */
export async function installLanguages(progress: Progress = silent): Promise<Languages> {
  const moduleFolder = join(projectRoot, "local/languages");
  const hash = createHash("sha256");
  for (const file of ["go.sum", "sdkgen/main.go"]) hash.update(readFileSync(join(moduleFolder, file)));
  const folder = join(cacheDir, `languages-${hash.digest("hex").slice(0, 12)}`);
  const sdkgen = join(folder, "sdkgen");
  await installOnce(folder, async (target) => {
    const build = (name: string, purpose: string, command: string, output: string) =>
      buildGoCommand({ name, purpose, moduleFolder, command }, { output: join(target, output), progress });
    const yaml = "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml";
    await build("Pulumi's YAML host", "programs in YAML; about a minute, once", yaml, "pulumi-language-yaml");
    await build("the generator of SDKs", "programs in Python; seconds after the YAML host", "./sdkgen", "sdkgen");
  });
  const purpose = "Pulumi's SDKs for Python (about 40 s)";
  const python = await installVenv({ name: "python", requirements: "python-requirements.txt", purpose }, progress);
  const host = join(projectRoot, "dist/local/python-host.js");
  const script = `#!/bin/sh\nLOCAL_PYTHON="${python}" LOCAL_SDKGEN="${sdkgen}" exec "${process.execPath}" "${host}" "$@"\n`;
  await writeScript(join(folder, "pulumi-language-python"), script);
  return { folder, sdkgen };
}
