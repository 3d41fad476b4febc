import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { alternate, ratios, secondsOf } from "../harness/alternate";
import type { Bench, Figure } from "../harness/figure";
import type { Row } from "../harness/row";
import { createBenchStack } from "../harness/stack";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";

/** What `review` takes beyond the program that it runs. */
export const reviewTime: Figure = {
  name: "review",
  title: "Review, against its program under the same runner and an engine that contacts nobody",
  async measure(bench) {
    const many = await measureReview(bench, bench.quick ? 5 : 300);
    const one = await measureReview(bench, 1);
    return [
      {
        ...many.texts,
        value: summarize(ratios(many.review, many.program)),
        unit: "×",
        targets: [{ limit: 1.1, of: "median" }],
        ifMissed: "The report, its comparisons and its colours are loaded after the program has ended.",
      },
      {
        ...one.texts,
        value: summarize(one.review.map((seconds, round) => 1000 * (seconds - one.program[round]!))),
        unit: "ms",
        targets: [{ limit: 300, of: "median" }],
      },
    ];
  },
};

interface Times {
  readonly texts: Pick<Row, "figure" | "ours" | "theirs">;
  /** Seconds of each round. */
  readonly review: number[];
  readonly program: number[];
}

async function measureReview({ cloud, rounds, progress }: Bench, count: number): Promise<Times> {
  progress.say(`review of ${count}`);
  const datasets = Array.from({ length: Math.ceil(count / 10) }, (_, index) => `dataset-${index}`);
  const place = { bucket: cloud.bucket, path: "exports/review", roleArn: cloud.roleArn };
  const { workspace } = await createBenchStack({ kind: "export", count, datasets, ...place }, cloud.env);
  const timed = (script: string, args: readonly string[], says: string) => () =>
    secondsOf(async () => {
      const { stdout } = await runChecked(process.execPath, [join(projectRoot, "dist", script), ...args], {
        cwd: workspace.folder,
        env: { ...cloud.env, ...workspace.env },
      });
      if (!stdout.includes(says)) throw new Error(`"${script}" did not say "${says}":\n${stdout}`);
    });
  try {
    const { review, program } = await alternate(Math.max(rounds, 3), {
      review: timed("cli/main.js", ["review", "--stack", "test"], `${count} export`),
      program: timed("bench/programs/run-program.js", ["test"], `${count} exports\n`),
    });
    return {
      texts: {
        figure: count === 1 ? "review of one export" : `review of ${count} exports`,
        ours: `${number(summarize(review).median)} s`,
        theirs: `program ${number(summarize(program).median)} s`,
      },
      review,
      program,
    };
  } finally {
    workspace.remove();
  }
}
