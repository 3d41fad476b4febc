import { type Progress, silent } from "./progress";
import { installVenv } from "./python-venv";

/** Installs moto into a virtual environment of the cache, unless it is there. Returns its Python. */
export function installMoto(progress: Progress = silent): Promise<string> {
  const purpose = "moto, the stand-in for S3, IAM and STS (about 20 s)";
  return installVenv({ name: "moto", requirements: "moto-requirements.txt", purpose }, progress);
}
