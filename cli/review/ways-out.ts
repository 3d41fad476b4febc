import { isExportType } from "../../provider/host/resource-types";
import { compareText } from "../compare-text";
import type { DeclaredResource } from "./offline-engine";

/** Types of resources by which data can leave the account or be shown to others, in addition to exports. */
const WAYS_OUT: readonly RegExp[] = [
  /^pulumi-(nodejs|python):dynamic/,
  /^command:/,
  /^aws:s3\/(bucketPolicy|bucketAcl|bucketReplication|bucketNotification|bucketObject|BucketObject|bucketWebsite)/,
  /^aws:s3\/(objectCopy|accessPoint|inventory)/,
  /^aws:s3control\//,
  /^aws:(lambda|datasync|transfer|dms|appflow|ram|kinesis|glue|batch|codebuild|sfn|cloudfront)\//,
  /^aws-native:s3:(BucketPolicy|AccessPoint|MultiRegionAccessPoint)/,
  /^aws-native:s3objectlambda:/,
];

const BUCKET = /^aws:s3\/bucket(V2)?:|^aws-native:s3:Bucket$/;
/** Arguments of a bucket by which it lets data out. */
const BUCKET_ARGUMENTS = [
  ...["policy", "acl", "accessControl", "grants"],
  ...["replicationConfiguration", "replicationConfigurations", "notificationConfiguration", "inventoryConfigurations"],
  ...["website", "websites", "websiteConfiguration"],
];
const PUBLIC_ACCESS_BLOCK = /^aws:s3\/(bucket|account)PublicAccessBlock:/;
const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

/** A resource that decides who gets data, as the report shows it, with what comparisons need and no report shows. */
export interface WayOut {
  readonly type: string;
  readonly name: string;
  /** Its arguments as one text, secrets included. */
  readonly inputs: string;
}

/**
 * The resources of a program by which data can leave, or be shown to others, in addition to its exports; by type and name.
 *
 * @param root folder of this version of the program, which no text holds
 */
export function waysOut(resources: readonly DeclaredResource[], root: string): WayOut[] {
  return resources
    .filter(isWayOut)
    .map(({ type, name, inputs }) => ({ type, name, inputs: JSON.stringify(inputs).replaceAll(root, "") }))
    .sort((a, b) => compareText(a.type, b.type) || compareText(a.name, b.name));
}

/** Names of the blocks of public access that let nobody in. */
export function closedBlocks(resources: readonly DeclaredResource[]): string[] {
  return resources.filter((one) => PUBLIC_ACCESS_BLOCK.test(one.type) && !isWayOut(one)).map(({ name }) => name);
}

function isWayOut({ type, inputs }: DeclaredResource): boolean {
  if (isExportType(type)) return false;
  if (PUBLIC_ACCESS_BLOCK.test(type)) return BLOCKS.some((name) => inputs[name] !== true);
  if (BUCKET.test(type))
    return BUCKET_ARGUMENTS.some((name) => inputs[name] !== undefined && inputs[name] !== "private");
  return WAYS_OUT.some((form) => form.test(type));
}
