import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installMinio } from "./minio-build";
import { lastLines } from "./process";
import { type Progress } from "./progress";

/** A running MinIO: S3 and STS on one port, with session policies enforced. */
export interface Minio {
  readonly endpoint: string;
  /** Keys of the root user, who may do everything: what a session of his is refused, its session policy refuses. */
  readonly root: { readonly accessKeyId: string; readonly secretAccessKey: string };
  stop(): Promise<void>;
}

/** Ends the server when standard input closes, which it does however this process ends. */
const LAUNCHER = '"$0" "$@" & server=$!; cat > /dev/null; kill $server; wait $server';

/** Starts MinIO's server on a free port of 127.0.0.1, with an empty store of its own; builds it at first. */
export async function startMinio({ progress }: { readonly progress?: Progress } = {}): Promise<Minio> {
  const server = await installMinio(progress);
  const store = await mkdtemp(join(tmpdir(), "minio-"));
  const endpoint = `127.0.0.1:${await freePort()}`;
  const root = { accessKeyId: "root-user", secretAccessKey: randomBytes(20).toString("hex") };
  const child = spawn("sh", ["-c", LAUNCHER, server, "server", "--quiet", "--address", endpoint, store], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: store,
      MINIO_ROOT_USER: root.accessKeyId,
      MINIO_ROOT_PASSWORD: root.secretAccessKey,
      MINIO_BROWSER: "off",
    },
  });
  let log = "";
  const keep = (text: Buffer) => (log = (log + text.toString()).slice(-4000));
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const stop = async () => {
    await endServer(child);
    await rm(store, { recursive: true, force: true });
  };
  try {
    await waitUntilReady(`http://${endpoint}/minio/health/ready`, Date.now() + 30_000);
  } catch (error) {
    await stop();
    throw new Error(`MinIO did not start:\n${lastLines(log, 15)}`, { cause: error });
  }
  return { endpoint: `http://${endpoint}`, root, stop };
}

async function waitUntilReady(url: string, deadline: number): Promise<void> {
  const answer = await fetch(url).catch((error: Error) => error);
  if (answer instanceof Response && answer.ok) return;
  if (Date.now() > deadline) throw answer instanceof Response ? new Error(`${url}: ${answer.status}`) : answer;
  await new Promise((resolve) => setTimeout(resolve, 100));
  return waitUntilReady(url, deadline);
}

async function endServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.stdin?.end();
  await ended;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("the probe has no port");
  return address.port;
}
