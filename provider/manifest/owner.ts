import type { Readable } from "node:stream";
import type { z } from "zod";
import type { ExportInputs } from "../args/schema";
import { isDenied } from "../aws/call-error";
import type { Aws, S3Place, StoredObject } from "../aws/clients";
import type { KeptObjects } from "../aws/kept-objects";
import { AwsCallError, PreflightError } from "../errors";
import type { ManifestObject } from "../state/export-state";
import { authorship } from "./shape";

/** Whose manifest is looked for, and where. */
export interface Claim {
  place: S3Place;
  key: string;
  /** URN of the resource. */
  resource: string;
  /** What it exports: the same query of the same dataset may come from another stack, from which it was moved. */
  asks?: Pick<ExportInputs, "instance" | "dataset" | "sql" | "secretQuery">;
  /** What state records of it, if anything. */
  recorded: Pick<ManifestObject, "key" | "etag" | "exportId"> | undefined;
}

/** What lies at the manifest's place: nothing, or a manifest of this resource. */
export type Standing = { place: S3Place } & (
  { kind: "free" } | { kind: "ours"; etag: string; exportId: string | undefined }
);

/** A manifest has some 300 bytes for each object; what is larger than this is none of ours. */
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Looks at the place of the manifest. An object that state does not record may be what a run wrote that was killed, or that of
 * a stack that was destroyed, or from which the export was moved: its content says. Throws for anything else: it is never overwritten.
 */
export async function standingAt(aws: Aws, claim: Claim): Promise<Standing> {
  const { place, key, recorded } = claim;
  const object = await aws.find(place, key);
  if (!object) return { place, kind: "free" };
  const { etag } = object;
  if (recorded?.key === key && recorded.etag === etag)
    return { place, kind: "ours", etag, exportId: recorded.exportId };
  const author = await authorOf(aws, claim, object);
  if (author && (isSameResource(author.resource, claim.resource) || isSameQuery(author, claim.asks)))
    return { place, kind: "ours", etag, exportId: author.export.id };
  if (!author) throw taken(claim, "it is no manifest of this resource");
  throw taken(claim, `it is the manifest of ${author.resource}`, "choose another path");
}

/** The manifest of the resource that this one replaces, if it lies in the same bucket. */
export function leftByReplaced(kept: KeptObjects, urn: string, { bucket }: S3Place): Claim["recorded"] {
  const left = kept.leftBy(urn);
  return left?.bucket === bucket ? left : undefined;
}

async function authorOf(aws: Aws, claim: Claim, { bytes }: StoredObject) {
  if (bytes > MOST_BYTES) return undefined;
  try {
    const read = authorship.safeParse(JSON.parse(await textOf(await aws.read(claim.place, claim.key))));
    return read.data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    if (error instanceof AwsCallError && isDenied(error.code))
      throw taken(claim, "state does not record it, and the caller may not read whose it is (s3:GetObject)");
    throw error;
  }
}

/** The two shells have a type each for the same resource, with the same parents before it. */
function isSameResource(one: string, other: string): boolean {
  const withoutType = (urn: string): string => {
    const [stack, project, types = "", ...name] = urn.split("::");
    return JSON.stringify([stack, project, types.split("$").slice(0, -1), ...name]);
  };
  return withoutType(one) === withoutType(other);
}

function isSameQuery({ dataset, sql }: z.output<typeof authorship>, asks: Claim["asks"]): boolean {
  if (asks === undefined || asks.secretQuery || sql === undefined) return false;
  return dataset.instance === asks.instance && dataset.id === asks.dataset && sql === asks.sql;
}

function taken({ place, key }: Claim, why: string, advice = "remove it"): PreflightError {
  return new PreflightError(`manifest: "s3://${place.bucket}/${key}" is there already, and ${why}`, {
    advice: `${advice}, or set "manifest" to another key; it is not overwritten`,
  });
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
