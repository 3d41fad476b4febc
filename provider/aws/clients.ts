import type { S3Client } from "@aws-sdk/client-s3";
import type { STSClient } from "@aws-sdk/client-sts";
import type { Clock } from "../host/clock";
import { createS3Calls, type S3Calls } from "./s3";
import { createStsCalls, type AwsCredentials, type StsCalls } from "./sts";

export type { S3Place, StoredObject } from "./s3";
export type { AwsCredentials } from "./sts";

/** The calls to AWS that an export needs, with the SDK's default chain of credentials unless others are given. */
export interface Aws extends S3Calls, StsCalls {
  /** The S3 client for a region, for the audience checks. */
  s3(region: string): Promise<S3Client>;
}

/** What the calls are made with. */
export interface AwsOptions {
  clock: Clock;
  /**
   * Milliseconds after which an answer, or the rest of one, is no longer waited for when no byte comes.
   * @default 60_000
   */
  idleMs?: number;
}

/** Region of calls that belong to no bucket yet. */
function homeRegion(): string {
  return process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";
}

/**
 * Creates the calls. The SDK is loaded at the first one, clients are made once per region. A client for temporary
 * credentials shares its region's connections.
 */
export function createAws({ clock, idleMs = 60_000 }: AwsOptions): Aws {
  // The request's limit ends with the answer's headers; the socket's holds for its body too.
  const requestHandler = {
    connectionTimeout: 10_000,
    requestTimeout: idleMs,
    socketTimeout: idleMs,
    throwOnRequestTimeout: true,
  };
  const clients = new Map<string, Promise<S3Client>>();
  let stsClient: STSClient | undefined;

  async function makeS3(region: string, credentials?: AwsCredentials): Promise<S3Client> {
    const { S3Client } = await import("@aws-sdk/client-s3");
    const ownEndpoint = process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL;
    const config = {
      region,
      credentials,
      // Anyone who signs uses the same connections.
      requestHandler: credentials ? (await s3(region)).config.requestHandler : requestHandler,
      forcePathStyle: Boolean(ownEndpoint),
    };
    const client = withoutNodeWarning(() => new S3Client(config));
    keepDate(client);
    return client;
  }

  function s3(region: string): Promise<S3Client> {
    let client = clients.get(region);
    if (!client) clients.set(region, (client = makeS3(region)));
    return client;
  }

  /** One for all exports: each client keeps connections of its own. */
  async function sts(): Promise<STSClient> {
    const { STSClient } = await import("@aws-sdk/client-sts");
    return (stsClient ??= withoutNodeWarning(() => new STSClient({ region: homeRegion(), requestHandler })));
  }

  return { s3, ...createS3Calls({ client: s3, clientFor: makeS3, homeRegion, clock }), ...createStsCalls(sts) };
}

/**
 * Makes a client without the SDK's warning about an old Node, by the SDK's own switch: the engine shows what a provider
 * writes to stderr, so seven lines of it would stand in each `up`. Others in this process keep their environment.
 */
export function withoutNodeWarning<Client>(make: () => Client): Client {
  const name = "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED";
  const given = process.env[name];
  process.env[name] = given ?? "true";
  try {
    return make();
  } finally {
    if (given === undefined) delete process.env[name];
  }
}

/** Keeps the answer's `Date` among its metadata, which the SDK drops: S3's own time. */
function keepDate(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers?: Record<string, string> };
      const metadata = (result.output as { $metadata?: { date?: string } }).$metadata;
      if (metadata) metadata.date = headers?.date;
      return result;
    },
    { step: "deserialize", priority: "high", name: "keepDate" },
  );
}
