import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Aws, createAws } from "../../provider/aws/clients";
import { AwsCallError } from "../../provider/errors";
import { realClock } from "../../provider/host/clock";

const place = { bucket: "exports", region: "eu-west-3" };
const listing = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

/** A server that answers a part of what it promised, and then does what the path asks for. */
const server = createServer((request, response) => {
  const path = new URL(request.url ?? "/", "http://s3").pathname;
  if (path === "/exports/whole") return void response.end("a,b\n1,2\n");
  if (path === "/exports/slow") return void drip(response, "a,b\n1,2\n");
  response.writeHead(200, { "Content-Length": 1000 });
  response.write(path === "/exports" ? listing.slice(0, 20) : "a,b\n", () => {
    if (path === "/exports/broken") response.destroy();
  });
});

let aws: Aws;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  vi.stubEnv("AWS_ENDPOINT_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv("AWS_ACCESS_KEY_ID", "caller");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
  aws = createAws({ clock: realClock(1), idleMs: 500 });
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

async function textOf(key: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of await aws.read(place, key)) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

test.each(["whole", "slow"])("an object whose bytes keep coming is read to its end: %s", async (key) => {
  expect(await textOf(key)).toBe("a,b\n1,2\n");
});

test.each([
  ["stalls", "TimeoutError", "AWS sent nothing for too long; run again, and check the network if it stays"],
  ["broken", "ECONNRESET", "the connection broke; run again, and check the network if it stays"],
])("a body that %s fails as a call to S3", async (key, code, advice) => {
  const error = await textOf(key).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AwsCallError);
  expect(error).toMatchObject({ code, message: `[S3 GetObject] "s3://exports/${key}": ${code} — ${advice}` });
});

test("a listing that stalls inside of its body fails too", async () => {
  await expect(aws.list(place, "p/")).rejects.toMatchObject({ name: "AwsCallError", code: "TimeoutError" });
});

/** One byte at a time, each well within the limit, all of them well beyond it. */
function drip(response: ServerResponse, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(text[at++]);
    if (at < text.length) return;
    clearInterval(timer);
    response.end();
  }, 80);
}
