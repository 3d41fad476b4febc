import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { GrowthPoint } from "../../bench/growth/measure";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";

test("growth, quick: measures two sizes and plots them", { timeout: 900_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "bench-growth-"));
  try {
    const env = { ...process.env, BENCH_RESULTS: folder };
    await runChecked(process.execPath, ["dist/bench/growth/main.js", "--quick"], { cwd: projectRoot, env });
    const { points } = JSON.parse(readFileSync(join(folder, "growth-quick.json"), "utf8")) as { points: GrowthPoint[] };
    expect(points.map(({ exports }) => exports)).toEqual([5, 10]);
    for (const { calls, exports } of points)
      expect(calls).toMatchObject({ preview: 4 + exports, "no-change up": 0, refresh: 3 });
    const plot = readFileSync(join(folder, "growth-quick.svg"), "utf8");
    for (const title of ["preview, s", "up, s", "no-change up, s", "refresh, s", "state, MiB", "calls to Domo"])
      expect(plot).toContain(`>${title}<`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
