import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import { credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import status from "@pulumi/pulumi/proto/status_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { projectRoot } from "./paths";
import { endProcess } from "./process";

type Json = Record<string, unknown>;
type Done<Answer> = (error: ServiceError | null, answer: Answer) => void;

/** The dynamic provider in a process of its own, spoken to as the engine does. */
export interface ProviderProcess {
  configure(config: Record<string, string>): Promise<void>;
  check(news: Json, olds?: Json): Promise<{ inputs: Json; failures: { property: string; reason: string }[] }>;
  diff(olds: Json, news: Json): Promise<{ changes: number; replaces: string[] }>;
  create(properties: Json): Promise<{ id: string; properties: Json }>;
  stop(): Promise<void>;
}

/** What a failed create tells of a resource that exists all the same. */
export interface InitFailure {
  id: string;
  properties: Json;
  reasons: string[];
}

/** The text of this package's `__provider`, serialised from the compiled package by Pulumi's SDK. */
export function providerText(): Promise<string> {
  return serialisedProvider((require) => {
    const { DomoS3Export } = require("pulumi-domo-s3-export") as typeof import("../provider/index");
    new DomoS3Export("any", { dataset: "d", query: { columns: [] }, bucket: "b", path: "p" });
  });
}

/** The text of `__provider` of the dynamic resource that `declare` makes. */
export async function serialisedProvider(declare: (require: NodeJS.Require) => void): Promise<string> {
  const require = createRequire(join(projectRoot, "package.json"));
  const pulumi = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  const seen = new Promise<string>((resolve) => {
    void pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: ({ name, inputs }: { name: string; inputs: Json }) => {
        resolve(String(inputs.__provider));
        return { id: name, state: inputs };
      },
    });
  });
  declare(require);
  return seen;
}

/** Starts the process; `env` is laid over the present environment. */
export async function startProvider(env: NodeJS.ProcessEnv = {}): Promise<ProviderProcess> {
  const program = createRequire(join(projectRoot, "package.json")).resolve("@pulumi/pulumi/cmd/dynamic-provider");
  // The process only asks whether somebody listens there.
  const engine = createServer((socket) => void socket.destroy()).listen(0, "127.0.0.1");
  await once(engine, "listening");
  engine.unref();
  const { port: enginePort } = engine.address() as AddressInfo;
  const child = spawn(process.execPath, [program, `127.0.0.1:${enginePort}`], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(createInterface(child.stdout), "line")) as [string];
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());

  return {
    async configure(config) {
      const request = new messages.ConfigureRequest();
      request.setArgs(struct(config));
      await answered<messages.ConfigureResponse>((done) => client.configure(request, done));
    },
    async check(news, olds = {}) {
      const request = new messages.CheckRequest();
      request.setNews(struct(news));
      request.setOlds(struct(olds));
      const answer = await answered<messages.CheckResponse>((done) => client.check(request, done));
      const failures = answer.getFailuresList().map((failure) => failure.toObject());
      return { inputs: plain(answer.getInputs()), failures };
    },
    async diff(olds, news) {
      const request = new messages.DiffRequest();
      request.setId("id");
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const answer = await answered<messages.DiffResponse>((done) => client.diff(request, done));
      return { changes: answer.getChanges(), replaces: answer.getReplacesList() };
    },
    async create(properties) {
      const request = new messages.CreateRequest();
      request.setProperties(struct(properties));
      const answer = await answered<messages.CreateResponse>((done) => client.create(request, done));
      return { id: answer.getId(), properties: plain(answer.getProperties()) };
    },
    async stop() {
      client.close();
      await endProcess(child);
    },
  };
}

/** Reads the details that the engine reads from a failed create. */
export function initFailure(error: unknown): InitFailure | undefined {
  const { metadata = new Metadata() } = error as { metadata?: Metadata };
  const [bytes] = metadata.get("grpc-status-details-bin");
  if (bytes === undefined) return undefined;
  const [detail] = status.Status.deserializeBinary(Buffer.from(bytes)).getDetailsList();
  const failure = messages.ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
  return { id: failure.getId(), properties: plain(failure.getProperties()), reasons: failure.getReasonsList() };
}

function answered<Answer>(call: (done: Done<Answer>) => unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

const struct = (value: Json): Struct => Struct.fromJavaScript(value as never);
const plain = (value: Struct | undefined): Json => value?.toJavaScript() ?? {};
