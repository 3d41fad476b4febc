import { type Progress, silent } from "./progress";
import { installTestTool } from "./test-tool";

/**
 * Builds MinIO's server from its Go module into the cache, unless it is there, and returns its path. It is a test tool
 * under the AGPL that is run as it is and never shipped. With cold caches the build takes four to five minutes on two cores.
 */
export function installMinio(progress: Progress = silent): Promise<string> {
  return installTestTool(
    {
      folder: "minio",
      name: "MinIO's server",
      purpose: "it enforces session policies in tests; four to five minutes, once",
      command: "github.com/minio/minio",
    },
    progress,
  );
}
