import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CallResponse, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import type { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { UNKNOWN } from "../../provider/host/unknown";
import { structMessage } from "./protobuf";

const GET_RESOURCE = "pulumi:pulumi:getResource";

/**
 * The answer of a function such as `aws:index/getCallerIdentity:getCallerIdentity`, all of it unknown. A field that is
 * absent would count as known to be absent, so they are all needed.
 */
export function resultOfInvoke(request: ResourceInvokeRequest, fields: readonly string[]): unknown {
  const response = new InvokeResponse();
  const answer =
    request.getTok() === GET_RESOURCE
      ? { urn: request.getArgs()?.toJavaScript().urn ?? "", id: "", state: {} }
      : Object.fromEntries(["id", ...fields].map((field) => [field, UNKNOWN]));
  response.setReturn(structMessage(answer));
  // Since 3.256 the SDK answers with a class of another name and the same bytes, and takes no other.
  return ResourceMonitorService.invoke.responseDeserialize(Buffer.from(response.serializeBinary()));
}

/** The answer of a resource's method. */
export function resultOfCall(): CallResponse {
  const response = new CallResponse();
  response.setReturn(structMessage({ result: UNKNOWN }));
  return response;
}

/** The fields of a function's answer, as the program's own SDK declares them; undefined when that can't be read. */
export function fieldsOfInvoke(token: string, folder: string): string[] | undefined {
  if (token === GET_RESOURCE) return [];
  const [name, place = "", fn = ""] = token.split(":");
  try {
    const root = dirname(createRequire(join(folder, "any.js")).resolve(`@pulumi/${name}/package.json`));
    const file = `${place.replace(/^index\//, "")}.d.ts`;
    // A package that `pulumi package add` has made lies in a folder of its own.
    const path = [join(root, file), join(root, "bin", file)].find((candidate) => existsSync(candidate));
    if (path === undefined) return undefined;
    const type = `${fn.charAt(0).toUpperCase()}${fn.slice(1)}Result`;
    const body = new RegExp(`interface ${type} \\{(.*?)^\\}`, "ms").exec(readFileSync(path, "utf8"))?.[1];
    return body === undefined
      ? undefined
      : [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??:/gm)].map(([, field]) => field!);
  } catch {
    return undefined;
  }
}
