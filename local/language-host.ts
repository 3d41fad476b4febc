/*
 * Stands in for `pulumi-language-nodejs`, the executable by which the engine runs Node programs and policy packs.
 * Used only beside an engine that was built from Go modules, which lack the official one (see `engine.ts`).
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Readable } from "node:stream";
import type * as grpc from "@grpc/grpc-js";
import * as language from "@pulumi/pulumi/proto/language_pb.js";
import { version } from "@pulumi/pulumi/version.js";
import { configEnvironment, endOf, engineAddress, programInfo, serveLanguage, unary } from "./language-server";

/** `@pulumi/pulumi/cmd/run` ends with this after it has shown the program's error itself. */
const errorAlreadyShown = 32;

/** The options under `runtime:` in `Pulumi.yaml`. */
interface RuntimeOptions {
  readonly typescript?: boolean;
  readonly tsconfig?: string;
  readonly nodeargs?: string;
}

/** Starts a module of the program's own `@pulumi/pulumi`, so that both are the same copy. */
function startModule(
  module: string,
  args: readonly string[],
  info: language.ProgramInfo,
  env: NodeJS.ProcessEnv,
): ChildProcessByStdio<null, Readable, Readable> {
  const script = createRequire(join(info.getProgramDirectory(), "any.js")).resolve(`@pulumi/pulumi/cmd/${module}`);
  const options = (info.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  const nodeArgs = options.nodeargs?.split(" ").filter(Boolean) ?? [];
  const child = spawn(process.execPath, [...nodeArgs, script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PULUMI_NODEJS_TYPESCRIPT: String(options.typescript ?? true),
      ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
      ...env,
    },
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  child.once("close", () => process.off("exit", kill));
  return child;
}

function run(request: language.RunRequest): Promise<language.RunResponse> {
  const info = programInfo(request);
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    pwd: request.getPwd() || info.getProgramDirectory(),
    parallel: String(request.getParallel()),
  };
  const args = Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
  if (request.getDryrun()) args.push("--dry-run");
  const child = startModule(
    "run",
    [...args, info.getEntryPoint(), ...request.getArgsList()],
    info,
    configEnvironment(request),
  );
  return endOf(child, errorAlreadyShown);
}

function runPlugin(call: grpc.ServerWritableStream<language.RunPluginRequest, language.RunPluginResponse>): void {
  const request = call.request;
  const info = programInfo(request);
  const folder = info.getProgramDirectory();
  const env = Object.fromEntries(
    request.getEnvList().map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [name, value.join("=")] as const;
    }),
  );
  const child =
    request.getKind() === "analyzer"
      ? // A pack finds its package.json in the working directory; the slash keeps Node from a file of the same name.
        startModule("run-policy-pack", ["--pwd", folder, engineAddress, `${folder}/`], info, env)
      : startModule("run-plugin", [folder, ...request.getArgsList()], info, env);
  const send = (fill: (response: language.RunPluginResponse) => void) => {
    const response = new language.RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (data: Buffer) => send((response) => response.setStdout(data)));
  child.stderr.on("data", (data: Buffer) => send((response) => response.setStderr(data)));
  call.on("cancelled", () => child.kill());
  child.on("close", (code) => {
    send((response) => response.setExitcode(code ?? 1));
    call.end();
  });
}

serveLanguage(version, { run: unary(run), runPlugin });
