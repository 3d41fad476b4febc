import type { UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Empty as EmptyMessage } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { CheckFailure } from "../provider/errors";
import {
  changedProviderArguments,
  configOf,
  providerFaults,
  secretProviderArguments,
  variablesToForget,
} from "./config";
import { printable, withoutSecretFault, withoutSecrets } from "../provider/host/secret-faults";
import type { Host } from "../provider/host/settings";
import { shortName } from "../provider/host/urn";
import { failed, WireFailure, type Failure } from "./wire/failures";
import { readProperties, writeProperties, type Properties } from "./wire/properties";
import { Empty, messages, PluginInfo } from "./wire/pulumi-copy";
import { unary } from "./wire/serve";

/** What the process gives to the provider. */
export interface Surroundings {
  version: string;
  /** Text of the schema. */
  schema: () => string;
  /** Address of the engine, where it was given at the start. */
  engine: string | undefined;
  /** Fires when the process is told to cancel or to end. */
  cancel: AbortController;
}

/**
 * The provider `domo` as Pulumi's engine calls it: each verb reads its message, asks the file of its name, and writes the
 * answer. The rules are the lifecycle's; it is loaded at the first call that needs it.
 *
 * Protocol: https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto
 */
export function createProvider({ version, schema, engine, cancel }: Surroundings): UntypedServiceImplementation {
  let config: Host["config"];
  let address = engine;
  const hostOf = (urn: string, { secretTexts }: Properties, preview = false): Host => ({
    config,
    engine: address,
    signal: cancel.signal,
    urn,
    secretTexts,
    ...(preview && { preview }),
  });

  return {
    handshake: unary(
      (request: proto.ProviderHandshakeRequest) => {
        address ??= request.getEngineAddress();
        const response = new messages.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        return response;
      },
      (error) => failure(error),
    ),

    getPluginInfo: unary(
      () => {
        const info = new PluginInfo();
        info.setVersion(version);
        return info;
      },
      (error) => failure(error),
    ),

    getSchema: unary(
      () => {
        const response = new messages.GetSchemaResponse();
        response.setSchema(schema());
        return response;
      },
      (error) => failure(error),
    ),

    checkConfig: unary(
      (request: proto.CheckRequest) => {
        const { values, withSecrets } = readProperties(request.getNews());
        const name = request.getName() || shortName(request.getUrn());
        // The engine hands the token over unwrapped, and would record it in plain if it came back so.
        const secret = new Set([...withSecrets, ...secretProviderArguments]);
        return checkResponse(writeProperties(values, secret), providerFaults(name, values));
      },
      (error) => failure(error),
    ),

    diffConfig: unary(
      (request: proto.DiffRequest) => {
        const [olds, news] = [readProperties(request.getOldInputs()), readProperties(request.getNews())];
        const changed = changedProviderArguments(olds.values, news.values);
        const response = new messages.DiffResponse();
        const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
        response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
        response.setDiffsList(changed);
        return response;
      },
      (error) => failure(error),
    ),

    configure: unary(
      (request: proto.ConfigureRequest) => {
        const { values } = readProperties(request.getArgs());
        config = configOf(values);
        for (const variable of variablesToForget(request.getName() ?? "", values, process.env))
          delete process.env[variable];
        const response = new messages.ConfigureResponse();
        response.setAcceptsecrets(true);
        response.setSupportspreview(true);
        return response;
      },
      (error) => failure(error),
    ),

    invoke: unary(
      async (request: proto.InvokeRequest) => {
        const { functions } = await import("./functions.js");
        const call = functions[request.getTok()];
        if (!call) throw new Error(`the plugin "domo" has no function "${request.getTok()}"`);
        const args = readProperties(request.getArgs());
        const { values, secret, withSecrets, secretTexts: texts } = args;
        const result = await call(hostOf("", args), values);
        const response = new messages.InvokeResponse();
        if ("failures" in result) {
          const failures = result.failures.map((failure) => withoutSecretFault(failure, { names: secret, texts }));
          response.setFailuresList(failures.map(checkFailure));
        } else {
          const hidden = withSecrets.size > 0 ? Object.keys(result.values) : [];
          response.setReturn(writeProperties(result.values, new Set(hidden)));
        }
        return response;
      },
      withProperties((request) => request.getArgs()),
    ),

    check: unary(
      async (request: proto.CheckRequest) => {
        const { checkExport } = await import("./check.js");
        const [olds, news] = [readProperties(request.getOlds()), readProperties(request.getNews())];
        const { inputs, secret, failures } = await checkExport(hostOf(request.getUrn(), news), olds, news);
        const { secret: names, values } = news;
        const printed = failures.map((failure) => printable(failure, { names, values }));
        return checkResponse(writeProperties(inputs, secret), printed);
      },
      withProperties((request) => request.getNews()),
    ),

    diff: unary(
      async (request: proto.DiffRequest) => {
        const { diffExport } = await import("./diff.js");
        const [olds, news] = [readProperties(request.getOlds()), readProperties(request.getNews())];
        return diffExport(hostOf(request.getUrn(), news), olds, news);
      },
      withProperties((request) => request.getNews()),
    ),

    create: unary(
      async (request: proto.CreateRequest) => {
        const { createExport } = await import("./run.js");
        const news = readProperties(request.getProperties());
        const host = hostOf(request.getUrn(), news, request.getPreview());
        const { id, values } = await createExport({ host, news, timeout: request.getTimeout() });
        const response = new messages.CreateResponse();
        response.setId(id);
        response.setProperties(writeProperties(values, news.withSecrets));
        return response;
      },
      withProperties((request) => request.getProperties()),
    ),

    update: unary(
      async (request: proto.UpdateRequest) => {
        const { updateExport } = await import("./run.js");
        const [olds, news] = [readProperties(request.getOlds()), readProperties(request.getNews())];
        const host = hostOf(request.getUrn(), news, request.getPreview());
        const values = await updateExport({ host, news, timeout: request.getTimeout() }, olds);
        const response = new messages.UpdateResponse();
        response.setProperties(writeProperties(values, news.withSecrets));
        return response;
      },
      withProperties((request) => request.getNews()),
    ),

    read: unary(
      async (request: proto.ReadRequest) => {
        const { readExport } = await import("./read.js");
        const [state, inputs] = [readProperties(request.getProperties()), readProperties(request.getInputs())];
        const found = await readExport(hostOf(request.getUrn(), state), request.getId(), { state, inputs });
        const response = new messages.ReadResponse();
        if (!found) return response; // a blank id: nothing is left
        response.setId(request.getId());
        response.setProperties(writeProperties(found.state, state.withSecrets));
        response.setInputs(writeProperties(found.inputs, inputs.withSecrets));
        return response;
      },
      withProperties((request) => request.getProperties()),
    ),

    delete: unary(
      async (request: proto.DeleteRequest) => {
        const { deleteExport } = await import("./run.js");
        const olds = readProperties(request.getProperties());
        await deleteExport({ host: hostOf(request.getUrn(), olds), timeout: request.getTimeout() }, olds);
        return new Empty();
      },
      withProperties((request) => request.getProperties()),
    ),

    cancel: unary(
      (_request: EmptyMessage) => {
        cancel.abort();
        return new Empty();
      },
      (error) => failure(error),
    ),
  };
}

function checkResponse(inputs: Struct, failures: readonly CheckFailure[]): proto.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(inputs);
  response.setFailuresList(failures.map(checkFailure));
  return response;
}

function checkFailure({ property, reason }: CheckFailure): proto.CheckFailure {
  const failure = new messages.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}

function failure(error: unknown, secretTexts?: readonly string[]): Failure {
  if (error instanceof WireFailure) return error.failure;
  return failed(withoutSecrets(error instanceof Error ? error.message : String(error), secretTexts));
}

/** A failure whose text can hold none of the secrets that the request brought. */
function withProperties<Request>(properties: (request: Request) => Struct | undefined) {
  return (error: unknown, request: Request): Failure => failure(error, readProperties(properties(request)).secretTexts);
}
