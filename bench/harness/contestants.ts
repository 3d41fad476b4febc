import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { providerText, startProvider } from "../../local/provider-process";
import { plannedQuery } from "../programs/plan";
import { textbookProvider } from "../programs/textbook";
import { type BenchCloud, type BenchDomo, REGION } from "./cloud";

/** One way to bring a dataset into S3: prepares it, and `create` resolves when that way believes that it is there. */
export type Export = (dataset: string) => Promise<{ create: () => Promise<unknown> }>;

/** The ways that are compared, each ready to start at once. */
export interface Contestants {
  /** This package in its own process, asked over gRPC as the engine asks it. */
  readonly ours: Export;
  readonly textbook: Export;
  readonly curl: Export;
  stop(): Promise<void>;
}

/** Seconds between two looks of the others. */
const POLL_SECONDS = 5;

/** Makes them ready. With scaled time, the others' looks are scaled too. */
export async function startContestants(cloud: BenchCloud, domo: BenchDomo, timeScale: number): Promise<Contestants> {
  const [provider, text] = [await startProvider(domo.env), await providerText()];
  await provider.configure({});
  const normal = await normalizeQuery(plannedQuery(0));
  if (!normal.ok) throw new Error("The benchmark's own query is refused");
  const query = compile(normal.query);
  const { deployer } = cloud.moto;
  const pollSeconds = POLL_SECONDS / timeScale;
  const textbook = textbookProvider({ url: domo.url, token: domo.token, ...deployer, region: REGION, pollSeconds });
  const place = () => ({ bucket: cloud.bucket, path: `exports/${randomUUID()}` });
  const script = join(projectRoot, "bench/programs/curl-loop.sh");
  return {
    async ours(dataset) {
      const plain = JSON.parse(JSON.stringify(plannedQuery(0))) as unknown;
      const args = { __provider: text, dataset, query: plain, roleArn: cloud.roleArn, ...place() };
      const { inputs, failures } = await provider.check(args);
      if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
      return { create: () => provider.create(inputs) };
    },
    textbook: (dataset) => Promise.resolve({ create: () => textbook.create({ dataset, query, ...place() }) }),
    curl(dataset) {
      const body = {
        awsAccessKey: deployer.accessKeyId,
        awsAccessSecret: deployer.secretAccessKey,
        ...place(),
        region: REGION,
        queryRequest: { includeBOM: false, useCache: false, query },
        source: "curl",
      };
      const address = `${domo.url}/api/query/v1/export/${dataset}`;
      const args = [script, address, domo.token, JSON.stringify(body), String(pollSeconds)];
      return Promise.resolve({ create: () => runChecked("sh", args) });
    },
    stop: () => provider.stop(),
  };
}
