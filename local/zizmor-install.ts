import { dirname, join } from "node:path";
import { type Progress, silent } from "./progress";
import { installVenv } from "./python-venv";

/** Installs zizmor into a virtual environment of the cache, unless it is there, and returns its path. */
export async function installZizmor(progress: Progress = silent): Promise<string> {
  const purpose = "zizmor, which checks the workflows of examples/ci in tests (about 10 s)";
  const python = await installVenv({ name: "zizmor", requirements: "zizmor-requirements.txt", purpose }, progress);
  return join(dirname(python), "zizmor");
}
