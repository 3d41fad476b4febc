import { createReadStream } from "node:fs";
import { join } from "node:path";
import { uploadObject } from "../../emulator/s3-upload";
import { startMinio } from "../../local/minio";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { alternate, ratios, secondsOf } from "../harness/alternate";
import { REGION } from "../harness/cloud";
import type { Figure } from "../harness/figure";
import { summarize } from "../harness/statistics";
import { number } from "../harness/table";
import { zippedCsv } from "../harness/zipped-csv";

interface Counted {
  readonly rows: number;
  readonly seconds: number;
  readonly peakBytes: number;
}

/** How fast `verify: "rows"` reads a large object, against the usual command on the same file. */
export const countRowsFigure: Figure = {
  name: "rows",
  title: 'verify: "rows" of a 1 GiB gzip object, served by MinIO',
  async measure({ rounds, quick, progress }) {
    progress.say("making the file");
    const file = await zippedCsv(quick ? 8 * 2 ** 20 : 2 ** 30);
    const minio = await startMinio({ progress });
    try {
      const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
      const s3 = new S3Client({
        endpoint: minio.endpoint,
        region: REGION,
        credentials: minio.root,
        forcePathStyle: true,
      });
      await s3.send(new CreateBucketCommand({ Bucket: "bench" }));
      const target = { bucket: "bench", key: "orders.csv.gz", contentType: "application/gzip" };
      await uploadObject(s3, target, createReadStream(file.path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>);
      s3.destroy();
      const env = {
        ...process.env,
        AWS_ENDPOINT_URL: minio.endpoint,
        AWS_ACCESS_KEY_ID: minio.root.accessKeyId,
        AWS_SECRET_ACCESS_KEY: minio.root.secretAccessKey,
      };
      const script = join(projectRoot, "dist/bench/programs/count-object.js");
      const peaks: number[] = [];
      const { ours, theirs } = await alternate(rounds, {
        ours: async (round) => {
          progress.say(`round ${round + 1}`);
          const { stdout } = await runChecked(process.execPath, [script, target.bucket, target.key, REGION], { env });
          const { rows, seconds, peakBytes } = JSON.parse(stdout) as Counted;
          if (rows !== file.rows) throw new Error(`Counted ${rows} rows of ${file.rows}`);
          peaks.push(peakBytes / 2 ** 20);
          return seconds;
        },
        theirs: () => secondsOf(() => runChecked("sh", ["-c", 'gzip -dc "$0" | wc -l', file.path])),
      });
      const size = `${number(file.bytes / 2 ** 20)} MiB gzip, ${number(file.rows)} rows`;
      return [
        {
          figure: `verify "rows" of ${size}: speed`,
          ours: `${number(summarize(ours).median)} s`,
          theirs: `gzip -dc \\| wc -l ${number(summarize(theirs).median)} s`,
          value: summarize(ratios(theirs, ours)),
          unit: "×",
          targets: [{ limit: 0.6, of: "median", least: true }],
        },
        {
          figure: "the same: peak memory of the process",
          ours: `${number(summarize(peaks).median)} MiB`,
          theirs: "",
          value: summarize(peaks),
          unit: "MiB",
          targets: [{ limit: 120, of: "max" }],
        },
      ];
    } finally {
      await minio.stop();
    }
  },
};
