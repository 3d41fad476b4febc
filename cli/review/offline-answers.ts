import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CallResponse, InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import type { ResourceInvokeRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { UNKNOWN } from "../../provider/host/unknown";
import { structMessage } from "./protobuf";

/**
 * The answer of a function such as `aws:index/getCallerIdentity:getCallerIdentity`, all of it unknown. The names of its
 * fields are those that the program's own SDK declares, since a field that is absent would count as known to be absent.
 */
export function resultOfInvoke(request: ResourceInvokeRequest, folder: string): unknown {
  const response = new InvokeResponse();
  const answer =
    request.getTok() === "pulumi:pulumi:getResource"
      ? { urn: request.getArgs()?.toJavaScript().urn ?? "", id: "", state: {} }
      : Object.fromEntries(["id", ...declaredFields(request.getTok(), folder)].map((field) => [field, UNKNOWN]));
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

/** The fields that the declaration file of a function names as its result. */
function declaredFields(token: string, folder: string): string[] {
  const [name, place = "", fn = ""] = token.split(":");
  try {
    const root = dirname(createRequire(join(folder, "any.js")).resolve(`@pulumi/${name}/package.json`));
    const declaration = readFileSync(join(root, `${place.replace(/^index\//, "")}.d.ts`), "utf8");
    const type = `${fn.charAt(0).toUpperCase()}${fn.slice(1)}Result`;
    const body = new RegExp(`interface ${type} \\{(.*?)^\\}`, "ms").exec(declaration)?.[1] ?? "";
    return [...body.matchAll(/^ {4}(?:readonly )?(\w+)\??:/gm)].map(([, field]) => field!);
  } catch {
    return [];
  }
}
