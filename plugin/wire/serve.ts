import type { sendUnaryData, Server, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Failure } from "./failures";
import { grpc, ResourceProviderService } from "./pulumi-copy";

/** Adapts an answer, and what it may throw, to gRPC's callbacks. */
export function unary<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
  failure: (error: unknown, request: Request) => Failure,
) {
  return ({ request }: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    Promise.resolve(request)
      .then(answer)
      .then(
        (response) => done(null, response),
        (error: unknown) => done(failure(error, request)),
      );
  };
}

/** Pulumi's own limit of a message. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;

/** Serves the provider on a free port of this machine. */
export async function serve(provider: UntypedServiceImplementation): Promise<{ server: Server; port: number }> {
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(ResourceProviderService, provider);
  const credentials = grpc.ServerCredentials.createInsecure();
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve({ server, port })));
  });
}
