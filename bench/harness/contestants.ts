import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../local/paths";
import { runChecked } from "../../local/process";
import { compile } from "../../provider/query/compile";
import { normalizeQuery } from "../../provider/query/read/canonical";
import { type ProviderProcess, providerText, startProvider } from "../../local/provider-process";
import { plannedQuery } from "../programs/plan";
import { textbookProvider } from "../programs/textbook";
import { type BenchCloud, type BenchDomo, REGION } from "./cloud";

/** One way to bring a dataset into S3: prepares it, and `create` resolves when that way believes that it is there. */
export type Export = (dataset: string) => Promise<{ create: () => Promise<unknown> }>;

/** The ways that are compared, each ready to start at once. */
export interface Contestants {
  /** This package in its own process, asked over gRPC as the engine asks it. */
  readonly ours: Export;
  /** An earlier version of this package, likewise. */
  readonly before?: Export;
  readonly textbook: Export;
  readonly curl: Export;
  stop(): Promise<void>;
}

/** Seconds between two looks of the others. */
const POLL_SECONDS = 5;

/** What is needed to make them ready. */
export interface ContestantOptions {
  readonly cloud: BenchCloud;
  readonly domo: BenchDomo;
  /** With scaled time, the others' looks are scaled too. */
  readonly timeScale: number;
  /** See {@link Extent.before}. */
  readonly before?: string;
}

/** Makes them ready. */
export async function startContestants({ cloud, domo, timeScale, before }: ContestantOptions): Promise<Contestants> {
  const normal = await normalizeQuery(plannedQuery(0));
  if (!normal.ok) throw new Error("The benchmark's own query is refused");
  const query = compile(normal.query);
  const { deployer } = cloud.moto;
  const pollSeconds = POLL_SECONDS / timeScale;
  const textbook = textbookProvider({ url: domo.url, token: domo.token, ...deployer, region: REGION, pollSeconds });
  const place = () => ({ bucket: cloud.bucket, path: `exports/${randomUUID()}` });
  const script = join(projectRoot, "bench/programs/curl-loop.sh");
  const providers: ProviderProcess[] = [];
  const exportBy = async (processes: ProviderModule): Promise<Export> => {
    const [provider, text] = [await processes.startProvider(domo.env), await processes.providerText()];
    providers.push(provider);
    await provider.configure({});
    return async (dataset) => {
      const plain = JSON.parse(JSON.stringify(plannedQuery(0))) as unknown;
      const args = { __provider: text, dataset, query: plain, roleArn: cloud.roleArn, ...place() };
      const { inputs, failures } = await provider.check(args);
      if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("; "));
      return { create: () => provider.create(inputs) };
    };
  };
  return {
    ours: await exportBy({ providerText, startProvider }),
    ...(before && { before: await exportBy(await earlierProvider(before)) }),
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
    stop: async () => void (await Promise.all(providers.map((provider) => provider.stop()))),
  };
}

type ProviderModule = Pick<typeof import("../../local/provider-process"), "providerText" | "startProvider">;

/** The module of an earlier checkout by which its provider is started and asked; its place was another one. */
async function earlierProvider(checkout: string): Promise<ProviderModule> {
  const places = ["local", "test/support"].map((folder) => join(checkout, "dist", folder, "provider-process.js"));
  const found = places.find((place) => existsSync(place));
  if (!found) throw new Error(`No build of this project is in ${checkout}`);
  return (await import(found)) as ProviderModule;
}
