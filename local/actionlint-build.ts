import { type Progress, silent } from "./progress";
import { installTestTool } from "./test-tool";

/** Builds actionlint from its Go module into the cache, unless it is there, and returns its path. */
export function installActionlint(progress: Progress = silent): Promise<string> {
  return installTestTool(
    {
      folder: "actionlint",
      name: "actionlint",
      purpose: "it checks the workflows of examples/ci in tests; under a minute, once",
      command: "github.com/rhysd/actionlint/cmd/actionlint",
    },
    progress,
  );
}
