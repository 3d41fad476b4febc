import { gunzipSync } from "node:zlib";
import type { StoredObject } from "../../../provider/aws/clients";
import type { LiveOrder } from "./watch";

/** How S3 encrypts an object. */
export interface Encryption {
  readonly algorithm: string;
  readonly key?: string;
}

/** What an export wrote. */
export interface Delivered {
  readonly objects: readonly StoredObject[];
  /** Content of each file in the order of their keys, or why it is not known. */
  readonly files: { readonly texts: readonly string[]; readonly gzip: boolean } | { readonly why: string };
  /** Whether the first file is compressed and breaks off. */
  readonly isBroken?: boolean;
  /** Of the first file, where the caller may see it. */
  readonly encryption?: Encryption;
}

/** Reads all that lies below a path. */
export async function filesOf({ order, plan }: LiveOrder, path: string): Promise<Delivered> {
  const { aws } = order.services;
  const { objects } = await aws.list(plan.place, `${path}/`);
  const [first] = objects;
  if (!first) return { objects, files: { why: "no file lies below the path" } };
  const encryption = await encryptionOf({ order, plan }, first.key);
  const all: Buffer[] = [];
  try {
    for (const { key } of objects) {
      const parts: Buffer[] = [];
      for await (const part of await aws.read(plan.place, key)) parts.push(part as Buffer);
      all.push(Buffer.concat(parts));
    }
  } catch {
    return { objects, encryption, files: { why: "the caller may not read the file" } };
  }
  const gzip = all[0]?.[0] === 0x1f && all[0][1] === 0x8b;
  try {
    const texts = all.map((bytes) => (gzip ? gunzipSync(bytes) : bytes).toString("utf8"));
    return { objects, encryption, files: { texts, gzip } };
  } catch {
    return { objects, encryption, isBroken: true, files: { why: "the file can't be unpacked" } };
  }
}

async function encryptionOf(
  { order, plan }: Pick<LiveOrder, "order" | "plan">,
  key: string,
): Promise<Encryption | undefined> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  const s3 = await order.services.aws.s3(plan.place.region);
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: plan.place.bucket, Key: key }));
    return { algorithm: head.ServerSideEncryption ?? "no encryption", key: head.SSEKMSKeyId };
  } catch {
    return undefined;
  }
}
