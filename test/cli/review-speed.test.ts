import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { command, copyProgram } from "../support/review";

/** Runs the program under the same runner and engine and does nothing with what it declared. */
const bare = `
const { readProject } = require("${projectRoot}/dist/cli/review/project.js");
const { readStackConfig } = require("${projectRoot}/dist/cli/review/stack-config.js");
const { runProgram } = require("${projectRoot}/dist/cli/review/run-program.js");
const project = readProject(".");
void runProgram({ project, stack: "dev", config: readStackConfig(project, "dev", []), say: () => {} }).then(({ resources }) => console.log(resources.length));
`;

test("the review of 300 exports takes less than three times as long as running their program", async () => {
  const folder = copyProgram("faults");
  const program = `
const { and, DomoS3Export, eq, inList, select } = require("pulumi-domo-s3-export");
for (let i = 0; i < 300; i++) {
  new DomoS3Export("export-" + i, {
    dataset: "dataset-" + (i % 40),
    query: select("Order ID", "Region", "Sales " + i).where(and(eq("Region", "West"), inList("Year", [2023, 2024, i]))),
    bucket: "acme-exports",
    path: "domo/" + i,
    roleArn: "arn:aws:iam::000000000042:role/export",
  });
}
`;
  writeFileSync(join(folder, "index.js"), program);
  writeFileSync(join(folder, "bare.js"), bare);
  const timed = async (run: () => Promise<string>) => {
    const start = performance.now();
    const output = await run();
    return { milliseconds: performance.now() - start, output };
  };
  const times = { review: [] as number[], program: [] as number[] };
  for (let round = 0; round < 3; round++) {
    const alone = await timed(async () => (await runChecked(process.execPath, ["bare.js"], { cwd: folder })).stdout);
    const review = await timed(async () => (await command(folder, ["review", "--stack", "dev"])).stdout);
    expect(alone.output).toBe("301\n");
    expect(review.output).toContain("300 exports of 40 datasets, 900 columns in all.");
    times.program.push(alone.milliseconds);
    times.review.push(review.milliseconds);
  }
  const median = (of: number[]) => of.sort((a, b) => a - b)[1]!;
  process.stdout.write(
    `program ${Math.round(median(times.program))} ms, review ${Math.round(median(times.review))} ms\n`,
  );
  expect(median(times.review)).toBeLessThan(3 * median(times.program));
}, 600_000);
