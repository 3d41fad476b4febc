import type {
  DeleteObjectsCommandOutput,
  ListObjectVersionsCommandInput,
  ObjectIdentifier,
  S3Client,
  _Error as S3Error,
} from "@aws-sdk/client-s3";
import { isDenied } from "./call-error";

/** What is left after objects were removed. */
export interface ObjectRemoval {
  /**
   * Keys that a listing no longer shows, but whose earlier versions may still be in the bucket: it keeps versions, and the
   * caller may not list or remove them, or the bucket locks them.
   */
  readonly versionsLeft: readonly string[];
}

/** What is left in a bucket that keeps versions, and what to do; `undefined` when nothing is. */
export function versionsLeftText(bucket: string, { versionsLeft }: ObjectRemoval): string | undefined {
  if (versionsLeft.length === 0) return undefined;
  const [first, ...others] = versionsLeft;
  const more = others.length > 0 ? ` and of ${others.length} more` : "";
  return (
    `older versions of "s3://${bucket}/${first}"${more} may be left, as the bucket keeps versions — remove them there; for ` +
    "later removals grant s3:ListBucketVersions and s3:DeleteObjectVersion"
  );
}

/** Most keys that one DeleteObjects takes. */
const BATCH = 1000;

/**
 * Removes objects, and in a bucket that keeps versions all versions of exactly these keys. Such a bucket shows itself by
 * answering with a delete marker, so any other needs neither more calls nor more rights.
 */
export async function removeObjects(s3: S3Client, bucket: string, keys: readonly string[]): Promise<ObjectRemoval> {
  const answers = await removeAll(
    s3,
    bucket,
    keys.map((Key) => ({ Key })),
  );
  throwFirst(answers.flatMap(({ Errors = [] }) => Errors.filter(({ Code }) => Code !== "NoSuchKey")));
  const marked = answers.flatMap(({ Deleted = [] }) =>
    Deleted.flatMap(({ Key, DeleteMarker }) => (DeleteMarker && Key !== undefined ? [Key] : [])),
  );
  const left: string[] = [];
  for (const folder of new Set(marked.map(folderOf))) {
    const inFolder = new Set(marked.filter((key) => folderOf(key) === folder));
    left.push(...(await removeVersions(s3, { bucket, folder, keys: inFolder })));
  }
  return { versionsLeft: left };
}

interface Folder {
  bucket: string;
  /** Up to and with its slash. */
  folder: string;
  keys: ReadonlySet<string>;
}

/** Removes the versions of keys in one folder, and returns the keys of which some may be left. */
async function removeVersions(s3: S3Client, folder: Folder): Promise<string[]> {
  let versions: ObjectIdentifier[];
  try {
    versions = await listVersions(s3, folder);
  } catch (error) {
    if (error instanceof Error && isDenied(error.name)) return [...folder.keys];
    throw error;
  }
  const errors = (await removeAll(s3, folder.bucket, versions)).flatMap(({ Errors = [] }) => Errors);
  throwFirst(errors.filter(({ Code }) => !isDenied(Code ?? "")));
  return [...new Set(errors.flatMap(({ Key }) => Key ?? []))];
}

async function listVersions(s3: S3Client, { bucket, folder, keys }: Folder): Promise<ObjectIdentifier[]> {
  const { ListObjectVersionsCommand } = await import("@aws-sdk/client-s3");
  const found: ObjectIdentifier[] = [];
  let marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (marker) {
    // What lies in folders below is none of these keys.
    const input: ListObjectVersionsCommandInput = { Bucket: bucket, Prefix: folder, Delimiter: "/", ...marker };
    const page = await s3.send(new ListObjectVersionsCommand(input));
    for (const { Key = "", VersionId } of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
      if (keys.has(Key)) found.push({ Key, VersionId });
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return found;
}

async function removeAll(
  s3: S3Client,
  bucket: string,
  objects: readonly ObjectIdentifier[],
): Promise<Pick<DeleteObjectsCommandOutput, "Deleted" | "Errors">[]> {
  const { DeleteObjectsCommand } = await import("@aws-sdk/client-s3");
  const answers = [];
  for (let at = 0; at < objects.length; at += BATCH) {
    const Delete = { Objects: objects.slice(at, at + BATCH) };
    try {
      answers.push(await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete })));
    } catch (error) {
      if ((error as Error).name === "NoSuchBucket") return [];
      throw error;
    }
  }
  return answers;
}

function throwFirst([fault]: readonly S3Error[]): void {
  if (fault) throw Object.assign(new Error(fault.Message), { name: fault.Code });
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf("/") + 1);
}
