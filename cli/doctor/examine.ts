import { join } from "node:path";
import type { S3Place } from "../../provider/aws/clients";
import { awsServices, createServices, type Services } from "../../provider/services";
import type { Settings } from "../../provider/host/settings";
import { checkBucket, checkCaller, checkRole } from "./checks/aws";
import { checkDataset, checkToken, type DomoAccess } from "./checks/domo";
import { checkSettings } from "./checks/settings";
import { checkVersions } from "./checks/versions";
import { type Check, skipped } from "./check";
import type { DoctorOptions } from "./command";
import { createRawDomo } from "./raw-domo";
import { readStackSettings } from "./stack-settings";

/** All checks, and what they were made with, for what comes after them. */
export interface Examination {
  readonly checks: readonly Check[];
  readonly access?: DomoAccess;
  /** The bucket, when it is there. */
  readonly place?: S3Place;
}

/** Runs all checks, one after the other. One that fails stops only those that need it. */
export async function examine(options: DoctorOptions, signal: AbortSignal): Promise<Examination> {
  const { cwd } = options;
  const own = join(__dirname, "..", "..", "..");
  const checks = await checkVersions({ folder: cwd, own, node: process.versions.node });
  const read = checkSettings(await readStackSettings(options.stack, { cwd, signal }));
  checks.push(...read.checks);
  const access = read.settings && (await open(read.settings));
  const domo = await checkDomo(access, options.dataset);
  checks.push(...domo.checks);
  const caller = await checkCaller(awsServices());
  checks.push(caller);
  if (caller.verdict === "fail") {
    checks.push(...["bucket", "S3's clock", "role"].map((name) => ({ name, ...skipped("there is no AWS identity") })));
    return { checks, access };
  }
  const found = await bucketChecks(options, domo.hasRowPolicies);
  checks.push(...found.checks);
  checks.push(
    access
      ? await checkRole(access.services, { ...options, place: found.place })
      : { name: "role", ...skipped("a setting is missing or wrong") },
  );
  return { checks, access, place: found.place };
}

function bucketChecks(options: DoctorOptions, hasRowPolicies: boolean): Promise<{ checks: Check[]; place?: S3Place }> {
  const { bucket } = options;
  const without = ["bucket", "S3's clock"].map((name) => ({ name, ...skipped("give --bucket") }));
  if (bucket === undefined) return Promise.resolve({ checks: without });
  return checkBucket(awsServices(), { ...options, bucket, hasRowPolicies });
}

async function open(settings: Settings): Promise<DomoAccess> {
  const services: Services = await createServices(settings, awsServices());
  return { services, raw: await createRawDomo(settings, services.clock) };
}

async function checkDomo(
  access: DomoAccess | undefined,
  dataset: string | undefined,
): Promise<{ checks: Check[]; hasRowPolicies: boolean }> {
  const none = (why: string, ...names: string[]) => names.map((name): Check => ({ name, ...skipped(why) }));
  if (!access) return { checks: none("a setting is missing or wrong", "token", "dataset"), hasRowPolicies: false };
  const { checks, usable } = await checkToken(access);
  if (!usable) return { checks: [...checks, ...none("the token can't be used", "dataset")], hasRowPolicies: false };
  if (dataset === undefined)
    return { checks: [...checks, ...none("give --dataset", "dataset")], hasRowPolicies: false };
  const of = await checkDataset(access, dataset);
  return { ...of, checks: [...checks, ...of.checks] };
}
