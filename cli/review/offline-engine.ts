import type * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import * as engine from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import * as monitor from "@pulumi/pulumi/proto/resource_pb.js";
import { pulumiGrpc } from "../../provider/host/pulumi-copy";
import { fieldsOfInvoke, resultOfCall, resultOfInvoke } from "./offline-answers";
import { emptyMessage } from "./protobuf";

/** One resource that a program declared, as its SDK sent it. */
export interface DeclaredResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** Arguments on the wire: unknown values and secrets are still marked. */
  readonly inputs: Record<string, unknown>;
  /** For each argument, the URNs of the resources that its value comes from. */
  readonly comesFrom: Readonly<Record<string, readonly string[]>>;
  /** Places in the program, innermost first: `file:` URI and line. */
  readonly frames: readonly { readonly uri: string; readonly line: number }[];
  /** URN of the explicit provider. */
  readonly provider?: string;
  /** Whether a plugin, which does not run offline, makes the resource and whatever is inside. */
  readonly remote: boolean;
}

/** What a program did, as far as the engine sees it. */
export interface Declared {
  readonly resources: readonly DeclaredResource[];
  /** Functions of which not even the fields of the answer are known. */
  readonly unreadFunctions: readonly string[];
}

/** An engine that knows nothing and contacts nobody. */
export interface OfflineEngine {
  /** Where the program reaches it. */
  readonly address: string;
  /** What the program has declared up to now. */
  readonly declared: Declared;
  readonly close: () => void;
}

/** Options of {@link startOfflineEngine}. */
export interface OfflineEngineOptions {
  readonly project: string;
  readonly stack: string;
  /** Folder of the program; its SDKs declare what a function answers. */
  readonly folder: string;
  /** Receives what the program logs. */
  readonly log: (severity: "debug" | "info" | "warning" | "error", message: string) => void;
}

/** What the SDK may use of the engine. Transforms are left out: applying them is the real engine's task. */
const FEATURES = new Set([
  "secrets",
  "resourceReferences",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "parameterization",
  "resourceHooks",
  "errorHooks",
]);
const SEVERITIES = ["debug", "info", "warning", "error"] as const;
const MESSAGE_LIMIT = 400 * 1024 * 1024;

/** Starts the two services that a program's SDK calls, on a free port of this machine. */
export async function startOfflineEngine(options: OfflineEngineOptions): Promise<OfflineEngine> {
  const declared = { resources: [] as DeclaredResource[], unreadFunctions: [] as string[] };
  const limits = {
    "grpc.max_receive_message_length": MESSAGE_LIMIT,
    "grpc.max_send_message_length": MESSAGE_LIMIT,
  };
  const { Server, ServerCredentials } = pulumiGrpc();
  const server = new Server(limits);
  server.addService(ResourceMonitorService, monitorHandlers(options, declared));
  server.addService(EngineService, engineHandlers(options));
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { address: `127.0.0.1:${port}`, declared, close: () => server.forceShutdown() };
}

function monitorHandlers(
  { project, stack, folder }: OfflineEngineOptions,
  { resources, unreadFunctions }: { resources: DeclaredResource[]; unreadFunctions: string[] },
) {
  const urnOf = (parent: string, type: string, name: string) => {
    const parentType = parent.split("::")[2] ?? "";
    const inside = parentType === "" || parentType === "pulumi:pulumi:Stack" ? "" : `${parentType}$`;
    return `urn:pulumi:${stack}::${project}::${inside}${type}::${name}`;
  };
  return {
    supportsFeature: unary((request: monitor.SupportsFeatureRequest) => {
      const response = new monitor.SupportsFeatureResponse();
      response.setHassupport(FEATURES.has(request.getId()));
      return response;
    }),
    registerResource: unary((request: monitor.RegisterResourceRequest) => {
      const urn = urnOf(request.getParent(), request.getType(), request.getName());
      resources.push(declaredResource(urn, request));
      const response = new monitor.RegisterResourceResponse();
      response.setUrn(urn);
      response.setObject(request.getObject());
      return response;
    }),
    readResource: unary((request: monitor.ReadResourceRequest) => {
      const response = new monitor.ReadResourceResponse();
      response.setUrn(urnOf(request.getParent(), request.getType(), request.getName()));
      response.setProperties(request.getProperties());
      return response;
    }),
    registerResourceOutputs: unary(() => emptyMessage()),
    invoke: unary((request: monitor.ResourceInvokeRequest) => {
      const fields = fieldsOfInvoke(request.getTok(), folder);
      if (!fields) unreadFunctions.push(request.getTok());
      return resultOfInvoke(request, fields ?? []);
    }),
    call: unary(() => resultOfCall()),
    registerPackage: unary((request: monitor.RegisterPackageRequest) => {
      const response = new monitor.RegisterPackageResponse();
      response.setRef(`${request.getName()}@${request.getVersion()}`);
      return response;
    }),
    registerResourceHook: unary(() => emptyMessage()),
    registerErrorHook: unary(() => emptyMessage()),
    signalAndWaitForShutdown: unary(() => emptyMessage()),
  } as unknown as grpc.UntypedServiceImplementation;
}

function declaredResource(urn: string, request: monitor.RegisterResourceRequest): DeclaredResource {
  const positions = request.getStacktrace()?.getFramesList() ?? [];
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    inputs: request.getObject()?.toJavaScript() ?? {},
    comesFrom: Object.fromEntries(
      request
        .getPropertydependenciesMap()
        .toArray()
        .map(([key, value]) => [key, (value as unknown as string[][])[0] ?? []]),
    ),
    frames: positions.flatMap((frame) => {
      const position = frame.getPc();
      return position ? [{ uri: position.getUri(), line: position.getLine() }] : [];
    }),
    ...(request.getProvider() !== "" && { provider: request.getProvider().split("::").slice(0, 4).join("::") }),
    remote: request.getRemote(),
  };
}

function engineHandlers({ log }: OfflineEngineOptions) {
  let root = "";
  return {
    log: unary((request: engine.LogRequest) => {
      log(SEVERITIES[request.getSeverity()] ?? "info", request.getMessage());
      return emptyMessage();
    }),
    setRootResource: unary((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    getRootResource: unary(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  } as unknown as grpc.UntypedServiceImplementation;
}

function unary<Request, Response>(answer: (request: Request) => Response) {
  return (call: grpc.ServerUnaryCall<Request, Response>, done: grpc.sendUnaryData<Response>): void => {
    try {
      done(null, answer(call.request));
    } catch (error) {
      done({ code: pulumiGrpc().status.INTERNAL, details: String(error) });
    }
  };
}
