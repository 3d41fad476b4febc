import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { DoctorReport } from "../../cli/doctor/check";
import { defaultOptions } from "../../emulator/options";
import { closeBucket, createRole, openBucket } from "../../local/aws-fixtures";
import { doctorProject } from "../support/doctor";
import { type Lab, startLab, TOKEN } from "../support/lab";
import { findSecrets } from "../support/secrets";

let lab: Lab;
beforeAll(async () => {
  lab = await startLab();
});
afterAll(() => lab.stop());
beforeEach(async () => {
  await lab.emulator.control.setOptions(defaultOptions);
  await lab.emulator.control.clearFaults();
});

/** The report without the versions of this machine, and with names in place of what differs from run to run. */
async function doctor(args: readonly string[] = all(), env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await doctorProject().doctor([...args, "--format", "json"], env);
  const places = new Map(Object.entries({ stdout, stderr }));
  expect(findSecrets(secrets(), places)).toEqual([]);
  expect(stderr).toBe("");
  const masked = stdout
    .replaceAll(lab.emulator.url, "https://domo")
    .replaceAll(lab.bucket, "<bucket>")
    .replaceAll(lab.dataset, "<dataset>")
    .replace(/toe [\w-]+/g, "toe …")
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>");
  const { checks } = JSON.parse(masked) as DoctorReport;
  const lines = checks
    .filter(({ name }) => !/^(Node|Pulumi .*|TypeScript)$/.test(name))
    .map(({ name, verdict, text, advice }) => `${verdict} ${name}: ${text}${advice ? `\n  → ${advice}` : ""}`);
  return { code, lines };
}
const all = () => ["--dataset", lab.dataset, "--bucket", lab.bucket, "--role", lab.roleArn, "--path", "exports"];
const secrets = () =>
  new Map([
    ["token", TOKEN],
    ["AWS key", process.env.AWS_SECRET_ACCESS_KEY ?? "?"],
  ]);
/** Lines about checks that did not pass, and what to do. */
const notOk = (lines: readonly string[]) => lines.filter((line) => !line.startsWith("ok "));

test("where all is well, every check says so", async () => {
  const { code, lines } = await doctor();
  expect(lines.join("\n")).toMatchInlineSnapshot(`
    "ok one Pulumi SDK: one copy of @pulumi/pulumi, which uses gRPC 1.14.7
    ok stack configuration: the stack sets nothing of domo:
    ok instance: https://domo
    ok token: the token of Deployer (user 7)
    ok Domo's clock: Domo's clock agrees with this machine's
    ok dataset: "Orders", 4 rows, and the token has READ_SHARE, data of <time>
    ok columns: 3 columns
    ok row policies: none: every reader of the dataset sees all rows
    ok list of exports: 0 entries
    ok count of rows: 4 rows
    ok bulk read: many datasets are read at once; columns are read separately
    ok AWS identity: arn:aws:iam::123456789012:user/deployer in account 123456789012
    ok bucket: "<bucket>" in eu-west-3
    ok listing: the caller may list the bucket
    ok S3's clock: S3's clock agrees with this machine's
    ok owner: the bucket belongs to account 123456789012
    ok audience: nobody outside of the own accounts can read it
    ok encryption: AES256
    ok role: its temporary credentials can write below s3://<bucket>/exports/"
  `);
  expect(code).toBe(0);
});

test("doctor starts no export and leaves nothing in the bucket", async () => {
  const before = await lab.keys();
  await doctor();
  expect(await lab.keys()).toEqual(before);
  expect(await lab.emulator.control.exports()).toEqual([]);
});

test("without a dataset and a bucket the checks of both are skipped, and the rest is made", async () => {
  const { code, lines } = await doctor([]);
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "skipped dataset: give --dataset
    skipped bucket: give --bucket
    skipped S3's clock: give --bucket
    skipped role: give --role, --bucket and --path"
  `);
  expect(code).toBe(0);
});

test("a wrong token fails once, and what needs Domo is skipped", async () => {
  const { code, lines } = await doctor(all(), { DOMO_DEVELOPER_TOKEN: "another-token" });
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "fail token: [GET] "https://domo/api/content/v2/users/me": 401 Unauthorized
      → could not read the token's user: the developer token is invalid or expired; set a new one in DOMO_DEVELOPER_TOKEN (or domo:developerToken); Domo says "The developer token is invalid or expired" (toe …)
    skipped Domo's clock: Domo did not answer
    skipped dataset: the token can't be used"
  `);
  expect(code).toBe(1);
});

test("without a token and an instance both are named, and AWS is checked all the same", async () => {
  const none = { DOMO_DEVELOPER_TOKEN: "", DOMO_INSTANCE: "", DOMO_BASE_URL: "" };
  const { code, lines } = await doctor(all(), none);
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "fail domo:instance: no Domo instance is set; run "pulumi config set domo:instance acme", or set DOMO_INSTANCE=acme
    fail domo:developerToken: the Domo developer token is missing; set the environment variable DOMO_DEVELOPER_TOKEN, or run "pulumi config set --secret domo:developerToken"
    skipped token: a setting is missing or wrong
    skipped dataset: a setting is missing or wrong
    skipped role: a setting is missing or wrong"
  `);
  expect(code).toBe(1);
});

test("a dataset that the user may not read fails", async () => {
  await lab.emulator.control.putUser({ token: "stranger-token", id: 8, displayName: "Stranger", datasets: {} });
  const { code, lines } = await doctor(all(), { DOMO_DEVELOPER_TOKEN: "stranger-token" });
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "fail dataset: [GET] "https://domo/api/data/v3/datasources/<dataset>": 403 Forbidden
      → could not read the dataset: the token needs READ on this dataset (or dataset.admin); Domo says "Access to dataset <dataset> is denied" (toe …)
    skipped columns: the dataset can't be read
    skipped row policies: the dataset can't be read
    skipped list of exports: the dataset can't be read
    skipped count of rows: the dataset can't be read
    skipped bulk read: the dataset can't be read"
  `);
  expect(code).toBe(1);
});

test("hidden policies, a refused count, an odd bulk read and a running export are to look at, and nothing fails", async () => {
  const { control } = lab.emulator;
  await control.setOptions({ executeStatus: 400, bulkShape: "array", bulkStatus: 500, lastUpdated: "absent" });
  await control.inject({
    path: `/api/query/v1/data-control/${lab.dataset}/filter-groups`,
    fault: { kind: "answer", status: 403 },
    times: 10,
  });
  await control.startForeignExport({ dataset: lab.dataset, bucket: "elsewhere", seconds: 5 });
  const { code, lines } = await doctor();
  await control.settle();
  expect(
    notOk(lines)
      .join("\n")
      .replace(/export [\w-]{36}/, "export <id>"),
  ).toMatchInlineSnapshot(`
    "warn dataset: "Orders", 4 rows, and the token has READ_SHARE, and Domo does not say when the data changed
      → new data is not noticed: change triggers for another export
    warn row policies: Domo does not show the row policies (HTTP 403)
      → the export runs; give the token's user the right to manage the dataset if a change of the policies must be noticed
    warn list of exports: 1 entry, and export <id> is running
      → wait for it: Domo runs one export of a dataset at a time
    warn count of rows: Domo counts no rows: [POST] "https://domo/api/query/v1/execute/<dataset>": 400 Bad Request
      → the number of rows is not compared; set verify: "rows" to count the rows of the file
    warn bulk read: reading many datasets at once: HTTP 500
      → nothing to do: each export reads its dataset separately"
  `);
  expect(code).toBe(0);
});

test("a Domo whose clock is 20 minutes off is named", async () => {
  await lab.emulator.control.setOptions({ clockSkewMs: 20 * 60_000 });
  const { code, lines } = await doctor();
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "warn Domo's clock: Domo's clock is 20 min ahead of this machine's
      → set this machine's clock if it is the wrong one: Domo signs with its own, and S3 takes 15 minutes at most"
  `);
  expect(code).toBe(0);
});

test("a bucket that is open to everybody fails", async () => {
  await openBucket(lab.moto, lab.bucket);
  const { code, lines } = await doctor();
  await closeBucket(lab.moto, lab.bucket);
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "fail audience: bucket "<bucket>" is open to everyone: statement "Everybody" of its policy allows s3:GetObject to "*"
      → remove the statement, confine it with StringEquals on aws:PrincipalAccount to accounts of yours, or give the reason for this audience as acceptBucketAudience: "…""
  `);
  expect(code).toBe(1);
});

test("a role without rights on the path fails", async () => {
  const elsewhere = await createRole(lab.moto, { bucket: lab.bucket, prefix: "other" });
  const path = ["--dataset", lab.dataset, "--bucket", lab.bucket, "--path", "exports", "--role"];
  const { code, lines } = await doctor([...path, elsewhere]);
  expect(notOk(lines).join("\n").replaceAll(elsewhere, "<role>")).toMatchInlineSnapshot(`
    "fail role: [S3 CreateMultipartUpload] "s3://<bucket>/exports/00000000000000000000000000000000/.write-probe": AccessDenied
      → the caller needs s3:PutObject and s3:AbortMultipartUpload below this path: give the role the policy that exportRolePolicy makes"
  `);
  expect(code).toBe(1);
});

test("a caller without rights sees what is refused: the listing, the settings of the bucket and the role", async () => {
  const { accessKeyId, secretAccessKey } = lab.moto.prober;
  const { code, lines } = await doctor(all(), {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  expect(notOk(lines).join("\n").replaceAll(lab.roleArn, "<role>")).toMatchInlineSnapshot(`
    "fail listing: [S3 ListObjectsV2] "s3://<bucket>/exports/.doctor": AccessDenied
      → the caller needs s3:ListBucket on the bucket
    skipped S3's clock: the bucket can't be listed
    fail audience: the audience of bucket "<bucket>" can't be checked: the caller lacks s3:GetBucketPublicAccessBlock (public access block), s3:GetBucketPolicyStatus (policy status), s3:GetBucketPolicy (policy), s3:GetBucketAcl (ACL), s3:GetBucketOwnershipControls (object ownership), s3:GetBucketWebsite (website), s3:GetEncryptionConfiguration (default encryption)
      → grant the actions, or set preflight: "warn" to go on without this check
    skipped encryption: the caller may not read the bucket's encryption
    fail role: [STS AssumeRole] "<role>": AccessDenied
      → the caller needs sts:AssumeRole on the role, and the role's trust policy must name the caller (and its external id): exportRoleTrust makes such a policy"
  `);
  expect(code).toBe(1);
});

test("without AWS credentials the bucket, S3's clock and the role are skipped", async () => {
  const { code, lines } = await doctor(all(), {
    AWS_ACCESS_KEY_ID: "",
    AWS_SECRET_ACCESS_KEY: "",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
  });
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "fail AWS identity: [STS GetCallerIdentity] "default chain": CredentialsProviderError
      → no AWS credentials were found; set AWS_PROFILE or the AWS_* variables
    skipped bucket: there is no AWS identity
    skipped S3's clock: there is no AWS identity
    skipped role: there is no AWS identity"
  `);
  expect(code).toBe(1);
});

test("a bucket that is not there fails once", async () => {
  const { code, lines } = await doctor(["--bucket", "no-such-bucket-here", "--role", lab.roleArn, "--path", "x"]);
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "skipped dataset: give --dataset
    fail bucket: [S3 HeadBucket] "s3://no-such-bucket-here": NotFound
      → there is no such bucket; create it first or correct bucket
    skipped listing: there is no such bucket
    skipped S3's clock: there is no such bucket
    skipped owner: there is no such bucket
    skipped audience: there is no such bucket
    skipped encryption: there is no such bucket
    skipped role: give a bucket that exists as --bucket"
  `);
  expect(code).toBe(1);
});

test("row policies that leave all rows to the token's user are to look at", async () => {
  const policies = [
    { filterGroupId: 1, name: "All Rows", type: "open" as const, userIds: [7] },
    {
      filterGroupId: 2,
      name: "West",
      type: "user" as const,
      userIds: [9],
      parameters: [{ name: "Region", values: ["West"] }],
    },
  ];
  await lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: true, policies } });
  const { lines } = await doctor();
  await lab.emulator.control.setPdp({ dataset: lab.dataset, pdp: { enabled: false, policies: [] } });
  expect(notOk(lines).join("\n")).toMatchInlineSnapshot(`
    "warn row policies: "Orders" has row policies, and the token's user sees all of its rows: everyone who can read the files will see them too
      → use a token of a restricted user, or set acknowledgeUnrestricted: true"
  `);
});

test("settings of the stack are used, a token in plain text fails, and neither is shown", async () => {
  const config = {
    "domo:baseUrl": { value: lab.emulator.url, secret: false },
    "domo:developerToken": { value: TOKEN, secret: false },
  };
  const env = { DOMO_DEVELOPER_TOKEN: "", DOMO_INSTANCE: "", DOMO_BASE_URL: "" };
  const { stdout, code } = await doctorProject({ config }).doctor(["--format", "json"], env);
  const { checks } = JSON.parse(stdout) as { checks: { name: string; verdict: string; text: string }[] };
  const about = (name: string) => checks.find((check) => check.name === name);
  expect(about("stack configuration")?.text).toBe("the stack sets domo:baseUrl, domo:developerToken");
  expect(about("token in plain text")?.verdict).toBe("fail");
  expect(about("token")).toMatchObject({ verdict: "ok", text: "the token of Deployer (user 7)" });
  expect(code).toBe(1);
  expect(findSecrets(secrets(), new Map([["stdout", stdout]]))).toEqual([]);
  const hidden = { ...config, "domo:developerToken": { value: TOKEN, secret: true } };
  expect((await doctorProject({ config: hidden }).doctor([], env)).stdout).not.toContain("plain text");
});

test("a stack's configuration that can't be read is to look at, and the environment is used", async () => {
  const project = doctorProject({ configFails: "no stack selected" });
  const { code, stdout } = await project.doctor(["--format", "json"]);
  const { checks } = JSON.parse(stdout) as DoctorReport;
  expect(checks.find(({ name }) => name === "stack configuration")).toEqual({
    name: "stack configuration",
    verdict: "warn",
    text: '"pulumi config --json --show-secrets": no stack selected',
    advice: "select a stack or give --stack; only the environment is read now",
  });
  expect(checks.find(({ name }) => name === "token")?.verdict).toBe("ok");
  expect(code).toBe(0);
});
