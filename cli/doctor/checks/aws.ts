import { canonicalArgs } from "../../../provider/args/normalize";
import { DIGEST_LENGTH } from "../../../provider/args/digest";
import type { ExportInputs } from "../../../provider/args/schema";
import { bucketExposures } from "../../../provider/audience/bucket-exposures";
import { exposedAdvice, exposedFact } from "../../../provider/audience/exposure";
import { encryptionProblem, uncheckedText } from "../../../provider/audience/judge";
import { type BucketSettings, readBucket } from "../../../provider/audience/read-bucket";
import { bucketOwnerOf, ownAccountsOf } from "../../../provider/aws/arn";
import type { S3Place } from "../../../provider/aws/clients";
import { writeCredentials } from "../../../provider/delivery/write-credentials";
import type { Order, Plan } from "../../../provider/delivery/order";
import { failureText, PreflightError } from "../../../provider/errors";
import type { AwsServices, Services } from "../../../provider/services";
import { type Check, checked, fail, type Finding, ok, skipped, warn } from "../check";
import type { DoctorOptions } from "../command";
import { clockFinding } from "./clocks";

/** Whose AWS credentials the SDK finds. */
export function checkCaller({ aws }: AwsServices): Promise<Check> {
  return checked("AWS identity", async () => {
    const { arn, account } = await aws.callerIdentity();
    return ok(`${arn} in account ${account}`);
  });
}

/** Region, listing, clock, owner, audience and encryption of a bucket. */
export async function checkBucket(
  { aws, clock }: AwsServices,
  options: DoctorOptions & { readonly bucket: string; readonly hasRowPolicies: boolean },
): Promise<{ checks: Check[]; place?: S3Place }> {
  const { bucket, role: roleArn, path, kmsKey: kmsKeyId } = options;
  const names = ["listing", "S3's clock", "owner", "audience", "encryption"];
  let place: S3Place | undefined;
  const region = await checked("bucket", async () => {
    place = { bucket, region: await aws.bucketRegion(bucket) };
    return ok(`"${bucket}" in ${place.region}`);
  });
  const found = place;
  if (!found) return { checks: [region, ...names.map((name) => ({ name, ...skipped("there is no such bucket") }))] };
  let clocks: Finding = skipped("the bucket can't be listed");
  const listing = await checked("listing", async () => {
    const { s3Time } = await aws.list(found, `${path ?? "pulumi-domo-s3-export"}/.doctor`);
    clocks = clockFinding({ whose: "S3's", theirs: s3Time, ours: clock.now() });
    return ok("the caller may list the bucket");
  });
  const checks = [region, listing, { name: "S3's clock", ...clocks }];
  const expectedOwner = bucketOwnerOf({ roleArn });
  let settings: BucketSettings | undefined;
  const audience = await checked("audience", async () => {
    settings = await readBucket(aws, found, expectedOwner);
    const exposures = bucketExposures(settings, { bucket, ownAccounts: ownAccountsOf({ roleArn }), prefix: path });
    const open = exposures.filter(({ kind }) => kind !== "owner");
    if (settings.notOwnedBy !== undefined) return skipped("nothing is read of a bucket of another account");
    if (open.length > 0) return fail(exposedFact(open), exposedAdvice(open));
    const unchecked = uncheckedText(bucket, settings.unreadable);
    return unchecked === undefined
      ? ok("nobody outside of the own accounts can read it")
      : fail(unchecked, 'grant the actions, or set preflight: "warn" to go on without this check');
  });
  checks.push({ name: "owner", ...ownerFinding(settings, expectedOwner) }, audience, {
    name: "encryption",
    ...encryptionFinding(settings, { bucket, kmsKeyId, rowPolicies: options.hasRowPolicies }),
  });
  return { checks, place };
}

/** Whether the bucket belongs to the account that is expected. */
export function ownerFinding(settings: BucketSettings | undefined, expected: string | undefined): Finding {
  if (expected === undefined) return skipped("give --role: the bucket must belong to the role's account");
  if (!settings) return skipped("the bucket's settings can't be read");
  if (settings.notOwnedBy === undefined) return ok(`the bucket belongs to account ${expected}`);
  return fail(
    `the bucket does not belong to account ${expected}`,
    "correct bucket, or set expectedBucketOwner to the account that owns it",
  );
}

/** How objects are encrypted by default. */
export function encryptionFinding(
  settings: BucketSettings | undefined,
  { bucket, kmsKeyId, rowPolicies }: { bucket: string; kmsKeyId?: string; rowPolicies: boolean },
): Finding {
  if (!settings || settings.notOwnedBy !== undefined) return skipped("the bucket's settings can't be read");
  const problem = encryptionProblem(bucket, settings, { rowPolicies, kmsKeyId });
  if (problem) return fail(problem.fact, problem.advice);
  const { encryption, unreadable } = settings;
  if (unreadable.some(({ setting }) => setting === "default encryption"))
    return skipped("the caller may not read the bucket's encryption");
  if (encryption) return ok(`${encryption.algorithm}${encryption.kmsKeyId ? ` with key ${encryption.kmsKeyId}` : ""}`);
  return kmsKeyId
    ? ok(`none by default; exports use key ${kmsKeyId}`)
    : warn("the bucket has no default encryption", "set the bucket's server-side encryption");
}

/** An order of doctor's own, as the delivery of an export has it. Nothing is exported with it. */
export async function probeOrder(
  services: Services,
  { options, place, keyPrefix }: { options: DoctorOptions; place: S3Place; keyPrefix?: string },
): Promise<{ order: Order; plan: Plan; warnings: string[] }> {
  const { failures, inputs } = await canonicalArgs({
    dataset: options.dataset ?? "doctor",
    query: { columns: [{ exprType: "COLUMN", column: "any" }] },
    bucket: place.bucket,
    path: options.path,
    roleArn: options.role,
    externalId: options.externalId,
    kmsKeyId: options.kmsKey,
    timeoutSeconds: 900,
  });
  if (failures.length > 0) throw new PreflightError(failures.map(failureText).join("; "));
  const warnings: string[] = [];
  const order: Order = {
    services,
    report: {
      progress: () => undefined,
      info: () => undefined,
      warn: (text) => void warnings.push(text),
      arrived: () => Promise.resolve(),
    },
    inputs: inputs as unknown as ExportInputs,
    name: "doctor",
    stillWanted: () => Promise.resolve(),
  };
  const digest = "0".repeat(DIGEST_LENGTH);
  const plan = {
    place,
    definition: { digest, keyPrefix: keyPrefix ?? `${options.path}/${digest}` },
    pdp: undefined,
    acceptedExposures: undefined,
  };
  return { order, plan, warnings };
}

/** Assumes the role and proves that it can write, exactly as an export does. A refusal is not retried. */
export async function checkRole(
  services: Services,
  options: DoctorOptions & { readonly place?: S3Place },
): Promise<Check> {
  const { role, path, place } = options;
  if (role === undefined) return { name: "role", ...skipped("give --role, --bucket and --path") };
  if (place === undefined) return { name: "role", ...skipped("give a bucket that exists as --bucket") };
  if (path === undefined) return { name: "role", ...skipped("give --path, below which the role may write") };
  return checked("role", async () => {
    const impatient = { ...services, settings: { ...services.settings, accessPatienceMs: 0 } };
    const { order, plan, warnings } = await probeOrder(impatient, { options, place });
    await writeCredentials(order, plan, services.clock.now());
    const text = `its temporary credentials can write below s3://${place.bucket}/${path}/`;
    return warnings[0] === undefined
      ? ok(text)
      : warn(`${text}; ${warnings[0]}`, "see exportRoleTrust for the trust policy");
  });
}
