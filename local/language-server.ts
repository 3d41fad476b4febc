import type { ChildProcess } from "node:child_process";
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import * as language from "@pulumi/pulumi/proto/language_pb.js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import { exitWithParent } from "./process";

/** Address of the engine, which starts a host with it. */
export const engineAddress = process.argv.at(-1) ?? "";

/** A child whose output is read. */
export type RunningProgram = Pick<ChildProcess, "once"> & {
  stdout: NodeJS.ReadableStream;
  stderr: NodeJS.ReadableStream;
};

/** The program that a request is about. */
export function programInfo(request: language.RunRequest | language.RunPluginRequest): language.ProgramInfo {
  const info = request.getInfo();
  if (!info) throw new Error("The engine sent no program info: Pulumi 3.200 or newer is needed");
  return info;
}

/** The environment by which a program reads the stack's configuration. */
export function configEnvironment(request: language.RunRequest): NodeJS.ProcessEnv {
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toArray())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** Waits for a program and tells the engine how it ended. `alreadyShown`: its exit code when it has shown its error itself. */
export async function endOf(child: RunningProgram, alreadyShown: number): Promise<language.RunResponse> {
  child.stdout.pipe(process.stdout, { end: false });
  child.stderr.pipe(process.stderr, { end: false });
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode: number | null) => resolve(exitCode ?? 1));
  });
  const response = new language.RunResponse();
  if (code === alreadyShown) response.setBail(true);
  else if (code !== 0) response.setError(`the program ended with exit code ${code}`);
  return response;
}

/** Adapts an async function to gRPC's callback form. */
export function unary<Request, Response>(answer: (request: Request) => Response | Promise<Response>) {
  return (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>): void => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => done(null, response),
        (error: unknown) => done({ code: grpc.status.INTERNAL, details: String(error) }),
      );
  };
}

/**
 * Serves a stand-in for one of Pulumi's language hosts, with what all of them have in common.
 *
 * Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/language.proto
 */
export function serveLanguage(version: string, host: grpc.UntypedServiceImplementation): void {
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, {
    handshake: unary(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(version);
      return info;
    }),
    getRequiredPlugins: unary(() => new language.GetRequiredPluginsResponse()),
    getRequiredPackages: unary(() => new language.GetRequiredPackagesResponse()),
    // What local programs and plugins need is there already.
    installDependencies: (call: grpc.ServerWritableStream<unknown, unknown>) => void call.end(),
    ...host,
  });
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  exitWithParent();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
}
