import { incomplete, keeps, refuses, succeeds } from "./expect";
import type { Row } from "./row";
import { awsStrikes, type AwsFault } from "./strike-aws";

const notAsked = { notApplicable: "Domo answers the POST before it turns to S3" };
const noRole = { notApplicable: "no role is assumed" };
const fix = "fix this, then run pulumi up again";
const slow = "run again later";
const elsewhere = "correct region or leave it out";
const login = "log in again";
const nothing = "AWS sent nothing for too long; run again";

/** S3's times are only compared with S3's own, so a wrong clock changes nothing, whichever way it is wrong. */
const skewed = {
  preflight: [succeeds("lasting")],
  POST: notAsked,
  poll: { notApplicable: "asks Domo only" },
  verify: [succeeds("lasting")],
  read: [succeeds("lasting")],
  delete: { notApplicable: "compares no times" },
} satisfies Row["cells"];

/** In the poll they strike Domo, which writes then, and end the export in an error. */
const cells: Record<AwsFault, Row["cells"]> = {
  "S3 AccessDenied": {
    preflight: [succeeds("once"), refuses("lasting", "the caller needs s3:")],
    POST: notAsked,
    poll: [incomplete("lasting", "error", fix, { nextUp: 2 })],
    verify: [incomplete("lasting", "unverified", "the caller needs s3:")],
    read: [keeps("lasting", "the caller needs s3:ListBucket on the bucket")],
    delete: [keeps("lasting", "the caller needs s3:DeleteObject on the objects")],
  },
  "S3 NoSuchBucket": {
    preflight: [refuses("lasting", "create it first or correct bucket")],
    POST: notAsked,
    poll: [incomplete("lasting", "error", fix, { nextUp: 2 })],
    verify: [incomplete("lasting", "unverified", "create it first or correct bucket")],
    read: [succeeds("lasting", { drift: "bucket-gone" })],
    delete: [succeeds("lasting")],
  },
  "S3 SlowDown": {
    preflight: [succeeds("once"), refuses("lasting", slow)],
    POST: notAsked,
    poll: [succeeds("once"), incomplete("lasting", "error", fix, { nextUp: 2 })],
    verify: [succeeds("once"), incomplete("lasting", "unverified", slow)],
    read: [succeeds("once"), keeps("lasting", slow)],
    delete: [succeeds("once"), keeps("lasting", slow)],
  },
  "S3 redirect to another region": {
    preflight: [succeeds("once"), refuses("lasting", elsewhere)],
    POST: notAsked,
    poll: [incomplete("lasting", "error", fix, { nextUp: 2 })],
    verify: [incomplete("lasting", "unverified", elsewhere)],
    read: [succeeds("lasting", { drift: "bucket-moved" })],
    delete: [keeps("lasting", elsewhere)],
  },
  "S3's clock an hour ahead": skewed,
  "S3's clock an hour behind": skewed,
  "STS AccessDenied": {
    preflight: [succeeds("once"), refuses("lasting", "the role's trust policy must name the caller")],
    POST: noRole,
    poll: noRole,
    verify: noRole,
    read: noRole,
    delete: noRole,
  },
  "expired AWS credentials": {
    preflight: [refuses("lasting", login)],
    POST: notAsked,
    poll: [incomplete("lasting", "error", fix, { nextUp: 2 })],
    verify: [incomplete("lasting", "unverified", login)],
    read: [keeps("lasting", login)],
    delete: [keeps("lasting", login)],
  },
  "S3 body that stalls": {
    preflight: [
      refuses("lasting", nothing),
      refuses("lasting", nothing, { at: "content of an unrecorded export", exports: 1 }),
    ],
    POST: notAsked,
    poll: { notApplicable: "Domo reads no body of S3" },
    verify: [incomplete("lasting", "unverified", nothing)],
    read: [keeps("lasting", nothing)],
    delete: [keeps("lasting", nothing)],
  },
};

/** Faults of S3 and STS. */
export const awsRows: readonly Row[] = (Object.keys(cells) as AwsFault[]).map((fault) => ({
  fault,
  strike: awsStrikes[fault],
  cells: cells[fault],
}));
