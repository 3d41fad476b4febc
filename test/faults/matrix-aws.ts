import { incomplete, keeps, refuses, succeeds } from "./expect";
import type { Row } from "./matrix";

const notAsked = { notApplicable: "Domo answers the POST before it turns to S3" };
const noRole = { notApplicable: "no role is assumed" };
const mend = "mend that and run pulumi up again";
const slow = "run again later";
const elsewhere = "correct region or leave it out";
const login = "log in again";

/** S3's times are only compared with S3's own, so a wrong clock changes nothing, whichever way it is wrong. */
const skewed = {
  preflight: [succeeds("lasting")],
  POST: notAsked,
  poll: { notApplicable: "asks Domo only" },
  verify: [succeeds("lasting")],
  read: [succeeds("lasting")],
  delete: { notApplicable: "compares no times" },
} satisfies Row["cells"];

/** Faults of S3 and STS. In the poll they strike Domo, which writes then, and end the export in an error. */
export const awsRows: readonly Row[] = [
  {
    fault: "S3 AccessDenied",
    cells: {
      preflight: [succeeds("once"), refuses("lasting", "the caller needs s3:")],
      POST: notAsked,
      poll: [incomplete("lasting", "error", mend, { nextUp: 2 })],
      verify: [incomplete("lasting", "unverified", "the caller needs s3:")],
      read: [keeps("lasting", "the caller needs s3:ListBucket on the bucket")],
      delete: [keeps("lasting", "the caller needs s3:DeleteObject on the objects")],
    },
  },
  {
    fault: "S3 NoSuchBucket",
    cells: {
      preflight: [refuses("lasting", "create it first or correct bucket")],
      POST: notAsked,
      poll: [incomplete("lasting", "error", mend, { nextUp: 2 })],
      verify: [incomplete("lasting", "unverified", "create it first or correct bucket")],
      read: [succeeds("lasting", { drift: "bucket-gone" })],
      delete: [succeeds("lasting")],
    },
  },
  {
    fault: "S3 SlowDown",
    cells: {
      preflight: [succeeds("once"), refuses("lasting", slow)],
      POST: notAsked,
      poll: [succeeds("once"), incomplete("lasting", "error", mend, { nextUp: 2 })],
      verify: [succeeds("once"), incomplete("lasting", "unverified", slow)],
      read: [succeeds("once"), keeps("lasting", slow)],
      delete: [succeeds("once"), keeps("lasting", slow)],
    },
  },
  {
    fault: "S3 redirect to another region",
    cells: {
      preflight: [succeeds("once"), refuses("lasting", elsewhere)],
      POST: notAsked,
      poll: [incomplete("lasting", "error", mend, { nextUp: 2 })],
      verify: [incomplete("lasting", "unverified", elsewhere)],
      read: [succeeds("lasting", { drift: "bucket-moved" })],
      delete: [keeps("lasting", elsewhere)],
    },
  },
  {
    fault: "S3's clock an hour ahead",
    cells: skewed,
  },
  {
    fault: "S3's clock an hour behind",
    cells: skewed,
  },
  {
    fault: "STS AccessDenied",
    cells: {
      preflight: [succeeds("once"), refuses("lasting", "the role's trust policy must name the caller")],
      POST: noRole,
      poll: noRole,
      verify: noRole,
      read: noRole,
      delete: noRole,
    },
  },
  {
    fault: "expired AWS credentials",
    cells: {
      preflight: [refuses("lasting", login)],
      POST: notAsked,
      poll: [incomplete("lasting", "error", mend, { nextUp: 2 })],
      verify: [incomplete("lasting", "unverified", login)],
      read: [keeps("lasting", login)],
      delete: [keeps("lasting", login)],
    },
  },
];
