/* Reads an object and counts its rows as `verify: "rows"` does. Prints rows, seconds and peak memory as JSON. */
import { createAws } from "../../provider/aws/clients";
import { realClock } from "../../provider/host/clock";
import { countRows } from "../../provider/delivery/count-rows";
import { peakBytes } from "./report-memory";

async function main([bucket = "", key = "", region = ""]: string[]): Promise<void> {
  const aws = createAws({ clock: realClock(1) });
  const start = performance.now();
  const { rows } = await countRows(await aws.read({ bucket, region }, key));
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(JSON.stringify({ rows, seconds, peakBytes: peakBytes() }));
}

void main(process.argv.slice(2));
