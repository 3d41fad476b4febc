import { expect, test } from "vitest";
import type { InstallCost } from "../../bench/harness/install-cost";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";

/** Megabytes that an installation may add. */
const MOST_MEGABYTES = 30;
const MOST_PACKAGES = 60;

test("an installation adds no more to a user's project than it may", { timeout: 600_000 }, async () => {
  const { stdout } = await runChecked(process.execPath, ["dist/bench/install.js", "--json", "--once"], {
    cwd: projectRoot,
  });
  const { bytes, packages, added } = JSON.parse(stdout) as InstallCost;
  const largest = added.slice(0, 5).map((one) => `${one.name} ${one.bytes}`);
  expect(bytes / 1e6, largest.join(", ")).toBeLessThan(MOST_MEGABYTES);
  expect(packages).toBeLessThanOrEqual(MOST_PACKAGES);
  expect(added.map(({ name }) => name)).toContain("pulumi-domo-s3-export");
  expect(added.map(({ name }) => name)).not.toContain("node-sql-parser");
  // What the project has already is not counted, and the sizes of the parts are those of the whole.
  expect(added.map(({ name }) => name)).not.toContain("@pulumi/pulumi");
  expect(added.reduce((sum, one) => sum + one.bytes, 0)).toBe(bytes);
});
