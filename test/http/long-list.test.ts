import type { ServerResponse } from "node:http";
import { pipeline, Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDomoClient } from "../../provider/domo/client";
import { DomoAnswerError } from "../../provider/errors";
import { type RawServer, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";
import { leapingClock } from "../support/test-clock";

const MIB = 1024 * 1024;
let domo: RawServer;
beforeAll(async () => {
  domo = await startRawServer();
});
afterAll(() => domo.close());

const client = () => createDomoClient(settingsFor(domo.url, { requestTimeoutMs: 60_000 }), leapingClock());

/** An export of 250 files, as Domo lists it: most of its bytes are presigned URLs. */
const entry = (number: number): string => {
  const url = `https://b.s3.eu-west-3.amazonaws.com/exports/${number}/data.csv.gz`;
  const presigned = Array.from({ length: 250 }, (_, part) => [`${url}?part=${part}&X-Amz-${"x".repeat(900)}`, 1]);
  const tempUrlRowCountMap = Object.fromEntries(presigned) as Record<string, number>;
  return JSON.stringify({
    exportId: `e${number}`,
    exportStatus: "success",
    urlRowCountMap: { [url]: 1 },
    tempUrlRowCountMap,
  });
};

/** Sends entries as fast as they are taken, at least `bytes` of them. */
function stream(response: ServerResponse, bytes: number): void {
  const text = entry(7);
  function* pieces(): Generator<string> {
    yield `[${text}`;
    for (let sent = text.length; sent < bytes; sent += text.length) yield `,${text}`;
    yield "]";
  }
  response.writeHead(200, { "content-type": "application/json" });
  pipeline(Readable.from(pieces()), response, () => undefined);
}

/** Memory that is really in use now, in bytes. */
function memoryInUse(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("a list of 240 MiB is read, and is never in memory as a whole", async () => {
  domo.answer((response) => stream(response, 240 * MIB));
  const reader = await client();
  const before = memoryInUse();
  let most = 0;
  const sampling = setInterval(() => (most = Math.max(most, memoryInUse())), 100);
  const { value: listed } = await reader.listExports("d");
  clearInterval(sampling);
  expect(listed.length).toBeGreaterThan(900);
  expect(listed.at(-1)).toMatchObject({ exportId: "e7", status: "success" });
  expect(most).toBeGreaterThan(0);
  expect(most - before).toBeLessThan(24 * MIB);
}, 60_000);

test("a list of more than 256 MiB is given up once, and what is said is true", async () => {
  domo.answer((response) => stream(response, 1024 * MIB));
  await expect((await client()).listExports("d")).rejects.toThrow(
    new DomoAnswerError(
      `[GET] "${domo.url}/api/query/v1/export/d": the answer is larger than 256 MiB — could not list the exports; ` +
        "ask Domo's support to remove old exports of this dataset",
      false,
    ),
  );
  expect(domo.seen).toHaveLength(1);
}, 60_000);
