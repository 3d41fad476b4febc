import { z } from "zod";
import { ApiError } from "./api-error";
import { domoQuery, schemaFaults } from "./query-schema";

const text = z.string().min(1);

const exportRequest = z.object({
  awsAccessKey: text,
  awsAccessSecret: text,
  awsKmsKey: text.nullish(),
  bucket: text,
  path: text,
  region: text,
  source: z.string().nullish(),
  queryRequest: z.object({
    includeBOM: z.boolean().default(false),
    useCache: z.boolean().default(true),
    query: domoQuery,
  }),
});

/** AWS keys of a request. They live in the job that uses them and nowhere else. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a request asks for, without its credentials. */
export type ExportOrder = Omit<z.output<typeof exportRequest>, "awsAccessKey" | "awsAccessSecret">;

/** Checks the body of a POST; unknown fields beside the query are ignored, as Domo does. */
export function readExportRequest(body: unknown, sessionTokenField: string): [ExportOrder, Credentials] {
  const parsed = exportRequest.safeParse(body);
  if (!parsed.success) throw new ApiError(400, `Invalid export request: ${schemaFaults(parsed.error)}`);
  const { awsAccessKey: accessKeyId, awsAccessSecret: secretAccessKey, ...order } = parsed.data;
  const sessionToken = (body as Record<string, unknown>)[sessionTokenField];
  if (sessionToken === undefined || sessionToken === null) return [order, { accessKeyId, secretAccessKey }];
  if (typeof sessionToken !== "string")
    throw new ApiError(400, `Invalid export request: ${sessionTokenField}: expected text`);
  return [order, { accessKeyId, secretAccessKey, sessionToken }];
}
