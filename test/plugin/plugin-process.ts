import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { projectRoot } from "../../local/paths";
import { endProcess } from "../../local/process";
import { startEngineServer } from "../support/engine-server";

type Json = Record<string, unknown>;
type Done<Answer> = (error: ServiceError | null, answer: Answer) => void;

/** An engine that can import. */
const NEW_ENGINE = "3.274.1";
const URN = "urn:pulumi:test::project::domo:index:S3Export::sales";
export const EXECUTABLE = join(projectRoot, "plugin/pulumi-resource-domo");

/** The plugin in a process of its own, spoken to as the engine does. */
export interface PluginProcess {
  child: ChildProcess;
  /** Everything that the process has written to stdout. */
  stdout(): string;
  client: ResourceProviderClient;
  check(news: Json, olds?: Json): Promise<{ inputs: Json; failures: { property: string; reason: string }[] }>;
  checkConfig(name: string, news: Json): Promise<{ inputs: Json; failures: { property: string; reason: string }[] }>;
  create(
    properties: Json,
    options?: { preview?: boolean; timeout?: number },
  ): Promise<{ id: string; properties: Json }>;
  update(state: Json, properties: Json): Promise<Json>;
  /** Without state, an import. */
  read(id: string, state?: Json): Promise<{ id: string; properties: Json }>;
  delete(state: Json): Promise<void>;
  invoke(name: string, args: Json): Promise<{ values?: Json; failures: { property: string; reason: string }[] }>;
  cancel(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the executable as the engine does, and configures it with nothing. */
export async function startPlugin(env: NodeJS.ProcessEnv = {}, executable = EXECUTABLE): Promise<PluginProcess> {
  const engine = await startEngineServer({ version: NEW_ENGINE });
  const child = spawn(executable, ["--logtostderr", engine.address], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let written = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written += text));
  const [port] = (await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the plugin ended with ${String(code)}`))),
  ])) as [string];
  const client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": -1,
  });
  const configuration = new messages.ConfigureRequest();
  configuration.setArgs(struct({}));
  await answered<messages.ConfigureResponse>((done) => client.configure(configuration, done));

  return {
    child,
    client,
    stdout: () => written,
    async check(news, olds = {}) {
      const request = new messages.CheckRequest();
      request.setUrn(URN);
      request.setNews(struct(news));
      request.setOlds(struct(olds));
      return checked(await answered<messages.CheckResponse>((done) => client.check(request, done)));
    },
    async checkConfig(name, news) {
      const request = new messages.CheckRequest();
      request.setUrn(`urn:pulumi:test::project::pulumi:providers:domo::${name}`);
      request.setNews(struct(news));
      return checked(await answered<messages.CheckResponse>((done) => client.checkConfig(request, done)));
    },
    async create(properties, { preview = false, timeout = 0 } = {}) {
      const request = new messages.CreateRequest();
      request.setUrn(URN);
      request.setProperties(struct(properties));
      request.setPreview(preview);
      request.setTimeout(timeout);
      const answer = await answered<messages.CreateResponse>((done) => client.create(request, done));
      return { id: answer.getId(), properties: plain(answer.getProperties()) };
    },
    async update(state, properties) {
      const request = new messages.UpdateRequest();
      request.setUrn(URN);
      request.setOlds(struct(state));
      request.setNews(struct(properties));
      const answer = await answered<messages.UpdateResponse>((done) => client.update(request, done));
      return plain(answer.getProperties());
    },
    async read(id, state = {}) {
      const request = new messages.ReadRequest();
      request.setUrn(URN);
      request.setId(id);
      request.setProperties(struct(state));
      const answer = await answered<messages.ReadResponse>((done) => client.read(request, done));
      return { id: answer.getId(), properties: plain(answer.getProperties()) };
    },
    async delete(state) {
      const request = new messages.DeleteRequest();
      request.setUrn(URN);
      request.setProperties(struct(state));
      await answered<Empty>((done) => client.delete(request, done));
    },
    async invoke(name, args) {
      const request = new messages.InvokeRequest();
      request.setTok(`domo:index:${name}`);
      request.setArgs(struct(args));
      const answer = await answered<messages.InvokeResponse>((done) => client.invoke(request, done));
      return {
        values: answer.getReturn()?.toJavaScript(),
        failures: answer.getFailuresList().map((failure) => failure.toObject()),
      };
    },
    async cancel() {
      await answered<Empty>((done) => client.cancel(new Empty(), done));
    },
    async stop() {
      client.close();
      engine.close();
      await endProcess(child);
    },
  };
}

export function answered<Answer>(call: (done: Done<Answer>) => unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

function checked(answer: messages.CheckResponse) {
  return { inputs: plain(answer.getInputs()), failures: answer.getFailuresList().map((failure) => failure.toObject()) };
}

const struct = (value: Json): Struct => Struct.fromJavaScript(value as never);
const plain = (value: Struct | undefined): Json => value?.toJavaScript() ?? {};
