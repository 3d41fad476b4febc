import { startFaultProxy } from "../../local/fault-proxy";
import type { BenchDomo } from "../harness/cloud";
import type { Bench } from "../harness/figure";
import { exactly, type Row } from "../harness/row";
import { type BenchStack, commands } from "../harness/stack";

/** Counts what one refresh asks of Domo (in the emulator's log) and of S3 (at a proxy before it). */
export async function countRefreshCalls(
  { cloud, progress }: Bench,
  { domo, stack }: { domo: BenchDomo; stack: BenchStack },
): Promise<Row[]> {
  progress.say("counting the calls of a refresh");
  let lists = 0;
  let heads = 0;
  let others = 0;
  const proxy = await startFaultProxy(cloud.moto.endpoint, ({ method, url }) => {
    const { pathname, searchParams } = new URL(url, cloud.moto.endpoint);
    const isObject = pathname.split("/").filter(Boolean).length > 1;
    if (searchParams.has("list-type")) lists += 1;
    else if (method === "HEAD" && isObject) heads += 1;
    else others += 1;
  });
  await domo.control.clearRequests();
  await stack.run(commands.refresh, { AWS_ENDPOINT_URL: proxy.url });
  await proxy.shut();
  const domoCalls = await domo.control.countRequests({});
  const { count, datasets } = stack.plan;
  return [
    {
      figure: `refresh of ${count} exports on ${datasets.length} datasets: calls to Domo`,
      ours: `${domoCalls} calls`,
      theirs: `${datasets.length} datasets`,
      value: exactly(domoCalls),
      unit: "calls",
      targets: [{ limit: 2 * datasets.length + 1, of: "max" }],
      note: "One call reads 100 datasets; columns and row policies are one call a dataset each. Where policies restrict rows, one more names the token's user.",
      ifMissed: "The engine reads a few resources at a time, so the datasets come in small groups, each with a call.",
    },
    {
      figure: "refresh: S3 calls per export (1 prefix, 1 object each)",
      ours: `${lists} lists, ${heads} heads, ${others} for the bucket`,
      theirs: `${count} exports`,
      value: exactly((lists + heads) / count),
      unit: "calls",
      targets: [{ limit: 1, of: "max" }],
    },
  ];
}
