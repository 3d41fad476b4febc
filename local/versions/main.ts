/* Runs the tests that depend on versions with each Node, Pulumi SDK and engine that is supported: `npm run versions`. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { installOnce } from "../cache";
import { buildEngine, engineVersion } from "../engine-build";
import { cacheDir, projectRoot } from "../paths";
import { lastLines, runCommand } from "../process";
import { terminalProgress } from "../progress";
import { type Cell, cellsOf, engineTiers, type Tier, tiers } from "./cells";
import { checkOut } from "./checkout";

const { values } = parseArgs({
  options: {
    node: { type: "string" },
    sdk: { type: "string" },
    engine: { type: "string" },
    tier: { type: "string", multiple: true },
    test: { type: "string", multiple: true },
  },
});

async function main(): Promise<void> {
  const progress = terminalProgress();
  const cells = cellsOf(values);
  const picked = (values.tier ?? Object.keys(tiers)) as Tier[];
  const done = new Set<string>();
  let failed = 0;
  for (const cell of cells) {
    await provideEngine(cell.engine, progress);
    const { folder, bin } = await checkOut(cell, progress);
    for (const tier of picked) {
      // The other tiers start no engine: once for each Node and SDK.
      const engine = engineTiers.includes(tier) ? `, engine ${cell.engine}` : "";
      const name = `node ${cell.node}, sdk ${cell.sdk}${engine}, ${tier}`;
      if (done.has(name)) continue;
      done.add(name);
      const { ok, said } = await runTier(values.test ?? tiers[tier], { folder, bin });
      if (!ok) failed++;
      process.stdout.write(`${ok ? "pass" : "FAIL"}  ${name}: ${said}\n`);
    }
  }
  process.exitCode = failed === 0 ? 0 : 1;
}

async function provideEngine(version: Cell["engine"], progress: ReturnType<typeof terminalProgress>): Promise<void> {
  const moduleFolder = version === engineVersion() ? undefined : join(projectRoot, "local/engine-oldest");
  const built = join(cacheDir, `engine-${version}`);
  if (!existsSync(built)) await installOnce(built, (folder) => buildEngine(folder, { progress, moduleFolder }));
}

interface Place {
  readonly folder: string;
  readonly bin: string;
}

async function runTier(tests: readonly string[], { folder, bin }: Place): Promise<{ ok: boolean; said: string }> {
  const args = ["node_modules/vitest/vitest.mjs", "run", ...tests, "--maxWorkers=1", "--reporter=dot", "--no-color"];
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, CI: "true" };
  const { code, stdout, stderr } = await runCommand(join(bin, "node"), args, { cwd: folder, env });
  const totals = /Tests +(.*)$/m.exec(stdout)?.[1] ?? lastLines(stderr || stdout, 3);
  const names = [
    ...new Set([...`${stdout}${stderr}`.matchAll(/^ *FAIL +(.*)$/gm)].map(([, name]) => `\n      ${name}`)),
  ];
  return { ok: code === 0, said: totals + names.join("") };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
