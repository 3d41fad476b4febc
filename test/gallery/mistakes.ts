import { closeBucket, createUntrustingRole, openBucket } from "../../local/aws-fixtures";
import type { Lab } from "../support/lab";

/** One mistake of a user, made on the real thing as cheaply as it can be made. */
export interface Mistake {
  /** What the user did, as a heading. */
  title: string;
  /** Changes of an order that is right; `undefined` leaves an argument out. */
  args?: (lab: Lab) => Record<string, unknown>;
  /** Changes of the environment; `undefined` takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** What the stack's configuration holds. */
  config?: Readonly<Record<string, string>>;
  /** What is wrong around the order. A function that it returns puts it right again. */
  around?: (lab: Lab) => Promise<unknown>;
  /** Where it shows: in a preview, in an `up`, or in the `up` after an object was removed. @default "preview" */
  at?: "preview" | "up" | "up after removal";
}

const sql = (text: string) => ({ query: { kind: "sql", text } });
const domo = (json: unknown) => ({ query: json });
const builder = domo;
const faulty = (rule: Parameters<Lab["emulator"]["control"]["inject"]>[0]) => (lab: Lab) =>
  lab.emulator.control.inject(rule);

/** Somebody has exported the dataset as it is now, with another query. */
async function otherExport({ emulator, dataset, bucket, moto }: Lab): Promise<void> {
  const credentials = moto.deployer;
  await emulator.control.startForeignExport({
    dataset,
    bucket,
    path: "other",
    region: "eu-west-3",
    credentials,
    seconds: 0,
  });
  await emulator.control.settle();
}

/** The token is taken away as soon as the export runs. */
async function tokenEnds({ emulator }: Lab): Promise<void> {
  await emulator.control.setOptions({ exportSeconds: 5 });
  await emulator.control.inject({
    path: "v1/export",
    method: "GET",
    skip: 2,
    times: 9,
    fault: { kind: "answer", status: 401, body: { status: 401, message: "Unauthorized" } },
  });
}

async function openedBucket({ moto, bucket }: Lab): Promise<() => Promise<void>> {
  await openBucket(moto, bucket);
  return () => closeBucket(moto, bucket);
}

/** Sixty and some mistakes, in the order in which a newcomer makes them. */
export const mistakes: readonly Mistake[] = [
  // Arguments
  { title: "no query", args: () => ({ query: undefined }) },
  { title: "no dataset", args: () => ({ dataset: undefined }) },
  {
    title: "the address of the dataset instead of its id",
    args: () => ({
      dataset: "https://acme.domo.com/datasources/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d/details/overview",
    }),
  },
  { title: "a bucket's URL as its name", args: () => ({ bucket: "s3://acme-exports" }) },
  { title: "a bucket's ARN as its name", args: () => ({ bucket: "arn:aws:s3:::acme-exports" }) },
  { title: "a URL as the path", args: () => ({ path: "s3://acme-exports/sales" }) },
  { title: "an empty path", args: () => ({ path: "/" }) },
  { title: "a path with two dots", args: () => ({ path: "exports/../payroll" }) },
  { title: "a path with two slashes", args: () => ({ path: "exports//sales" }) },
  {
    title: "a path that is an earlier export's key prefix",
    args: () => ({ path: "exports/sales/0123456789abcdef0123456789abcdef" }),
  },
  { title: "a path of 300 umlauts", args: () => ({ path: `exports/${"ü".repeat(300)}` }) },
  { title: "no role", args: () => ({ roleArn: undefined }) },
  { title: "a role's name instead of its ARN", args: () => ({ roleArn: "domo-export" }) },
  {
    title: "an external id without a role",
    args: () => ({ roleArn: undefined, allowLongLivedCredentials: true, externalId: "acme" }),
  },
  { title: "a misspelled argument", args: () => ({ roleARN: "arn:aws:iam::123456789012:role/export" }) },
  { title: "a time limit in text", args: () => ({ timeoutSeconds: "1h" }) },
  { title: "a time limit of a week", args: () => ({ timeoutSeconds: 604_800 }) },
  { title: "yes as a flag", args: () => ({ deleteObjects: "yes" }) },
  { title: "an unknown kind of verification", args: () => ({ verify: "row" }) },
  { title: "a KMS alias", args: () => ({ kmsKeyId: "alias/exports" }) },
  {
    title: "a KMS alias, and a role that the preview does not know yet",
    args: () => ({ kmsKeyId: "alias/exports", roleArn: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }),
  },
  {
    title: "a KMS key of another partition",
    args: () => ({ kmsKeyId: "arn:aws-cn:kms:cn-north-1:123456789012:key/1" }),
  },
  { title: "the bucket's owner as a name", args: () => ({ expectedBucketOwner: "acme" }) },
  { title: "an audience accepted in one word", args: () => ({ acceptBucketAudience: "ok" }) },

  // Queries
  { title: "SQL as a bare text", args: () => ({ query: "SELECT Region FROM dataset" }) },
  { title: "a misspelled column", args: () => sql(`SELECT "Regoin" FROM dataset`) },
  { title: "a column in the wrong case", args: () => sql(`SELECT "region" FROM dataset`) },
  { title: "every column by a star", args: () => sql("SELECT * FROM dataset") },
  { title: "a column without quotes that needs them", args: () => sql("SELECT Order ID FROM dataset") },
  { title: "a text in double quotes", args: () => sql(`SELECT "Region" FROM dataset WHERE "Region" = "West"`) },
  {
    title: "OR in a filter",
    args: () => sql(`SELECT "Region" FROM dataset WHERE "Region" = 'West' OR "Region" = 'East'`),
  },
  { title: "LIKE in a filter", args: () => sql(`SELECT "Region" FROM dataset WHERE "Region" LIKE 'W%'`) },
  { title: "IS NULL in a filter", args: () => sql(`SELECT "Region" FROM dataset WHERE "Region" IS NULL`) },
  { title: "a sum", args: () => sql(`SELECT SUM("Sales") FROM dataset`) },
  { title: "a join", args: () => sql(`SELECT "Region" FROM dataset JOIN other ON 1 = 1`) },
  { title: "a text compared with a number", args: () => sql(`SELECT "Region" FROM dataset WHERE "Sales" > 'many'`) },
  { title: "a limit of nothing", args: () => sql(`SELECT "Region" FROM dataset LIMIT 0`) },
  { title: "SQL that breaks off", args: () => sql(`SELECT "Region" FROM dataset WHERE`) },
  { title: "a builder without columns", args: () => builder({ kind: "select", columns: [] }) },
  { title: "a column beside COUNT without GROUP BY", args: () => sql(`SELECT "Region", COUNT("Sales") FROM dataset`) },
  {
    title: "Domo's JSON with an operator that is not known",
    args: () => domo({ columns: [{ exprType: "COLUMN", column: "Region" }], where: { exprType: "SOUNDS_LIKE" } }),
  },
  { title: "an object that is no query", args: () => domo({ table: "orders" }) },

  // Settings
  { title: "no Domo instance", env: { DOMO_INSTANCE: undefined, DOMO_BASE_URL: undefined } },
  {
    title: "another company's host as the instance",
    env: { DOMO_INSTANCE: "acme.example.com", DOMO_BASE_URL: undefined },
  },
  { title: "a base URL with a path", env: { DOMO_BASE_URL: "https://acme.domo.com/auth" } },
  { title: "no token in an up", env: { DOMO_DEVELOPER_TOKEN: undefined }, at: "up" },
  { title: "a token with a line break", env: { DOMO_DEVELOPER_TOKEN: "marked-secret-token\n" } },
  { title: "offline previews that never fail", env: { DOMO_OFFLINE_PREVIEW: "never" } },
  { title: "a time limit for requests of zero", config: { "domo:requestTimeoutSeconds": "0" } },

  // Domo
  { title: "a token that Domo does not know", env: { DOMO_DEVELOPER_TOKEN: "marked-secret-token" } },
  { title: "a dataset that does not exist", args: () => ({ dataset: "0a1b2c3d-aaaa-bbbb-cccc-00000000dead" }) },
  {
    title: "a dataset that the token may not read",
    around: (lab) =>
      lab.emulator.control.putDataset({
        id: "secret-dataset",
        name: "Payroll",
        columns: [{ name: "Region", type: "STRING" }],
        rows: [],
      }),
    args: () => ({ dataset: "secret-dataset" }),
  },
  { title: "Domo is not reachable", env: { DOMO_BASE_URL: "http://127.0.0.1:9", DOMO_OFFLINE_PREVIEW: "FAIL" } },
  { title: "Domo is not reachable, and the preview goes on", env: { DOMO_BASE_URL: "http://127.0.0.1:9" } },
  {
    title: "the address leads to a page instead of an API",
    around: faulty({
      path: "/api/data/v3",
      times: 9,
      fault: { kind: "answer", status: 200, headers: { "Content-Type": "text/html" }, body: "<html>Log in</html>" },
    }),
  },
  {
    title: "the export fails at Domo",
    around: (lab) =>
      lab.emulator.control.setOptions({
        failWith: { errorCode: "QUERY_FAILED", message: "the query ran out of memory" },
      }),
    at: "up",
  },
  { title: "Domo hands back another export, as the data is unchanged", around: (lab) => otherExport(lab), at: "up" },
  {
    title: "the dataset is busy for longer than the time limit",
    around: (lab) =>
      lab.emulator.control.startForeignExport({ dataset: lab.dataset, bucket: "elsewhere", seconds: 20 }),
    args: () => ({ timeoutSeconds: 40 }),
    at: "up",
  },
  {
    title: "the export takes longer than the time limit",
    around: (lab) => lab.emulator.control.setOptions({ exportSeconds: 20 }),
    args: () => ({ timeoutSeconds: 40 }),
    at: "up",
  },
  {
    title: "the POST's answer is lost",
    around: faulty({ path: "v1/export", method: "POST", fault: { kind: "reset" } }),
    at: "up",
  },
  { title: "the token ends in the middle of an export", around: (lab) => tokenEnds(lab), at: "up" },
  { title: "an export that does not exist is to be adopted", args: () => ({ adopt: "0000" }), at: "up" },
  {
    title: "row policies, and a token that sees all rows",
    around: (lab) =>
      lab.emulator.control.setPdp({
        dataset: lab.dataset,
        pdp: {
          enabled: true,
          policies: [
            { filterGroupId: 1, name: "All rows", type: "open", userIds: [7] },
            {
              filterGroupId: 2,
              name: "West",
              type: "user",
              userIds: [8],
              parameters: [{ name: "Region", values: ["West"] }],
            },
          ],
        },
      }),
  },

  // AWS
  { title: "a bucket that does not exist", args: () => ({ bucket: "no-such-bucket-anywhere" }), at: "up" },
  { title: "the wrong region", args: () => ({ region: "us-west-2" }) },
  {
    title: "a role that does not trust the caller",
    around: ({ moto }) => createUntrustingRole(moto),
    args: () => ({ roleArn: "arn:aws:iam::123456789012:role/untrusting" }),
    at: "up",
  },
  { title: "a role without rights for this path", args: () => ({ path: "payroll/sales" }), at: "up" },
  {
    title: "AWS keys that are not known",
    env: { AWS_ACCESS_KEY_ID: "AKIAMARKEDSECRET0000", AWS_SECRET_ACCESS_KEY: "marked-secret-key" },
    at: "up",
  },
  { title: "an open bucket", around: openedBucket },
  { title: "an object that was removed, and unchanged data", at: "up after removal" },
];
