import { expect, test } from "vitest";
import type { ExportInputs } from "../../provider/args/schema";
import { SESSION_TAG_KEYS } from "../../provider/aws/session-identity";
import { sessionPolicy } from "../../provider/aws/session-policy";
import { targetOf } from "../../provider/aws/write-scope";
import type { Order, Plan } from "../../provider/delivery/order";
import { writeCredentials } from "../../provider/delivery/write-credentials";
import { AwsCallError } from "../../provider/errors";
import { inputs } from "../support/export-state";
import { leapingClock } from "../support/test-clock";

const region = "eu-west-3";
const roleArn = "arn:aws:iam::123456789012:role/export";
const kmsKeyId = "0a1b2c3d-aaaa-bbbb-cccc-000000000001";
const plan = { place: { bucket: "bucket", region }, definition: { digest: "d", keyPrefix: "exports/d" } } as Plan;
const ofRole = { accessKeyId: "of the role", secretAccessKey: "s" };
const ofCaller = { accessKeyId: "of the caller", secretAccessKey: "s" };
const refusal = (code: string, cause: Error = new Error(code)) =>
  new AwsCallError(`refused with ${code}`, { code, advice: "allow it", cause });
const denied = refusal("AccessDenied");
const thrown = (name: string, message = "") => refusal(name, Object.assign(new Error(message), { name }));

interface Case {
  args: Partial<ExportInputs>;
  order: Partial<Order>;
  /** What AssumeRole is answered with, one after the other; then with credentials. */
  assumed: Error[];
  /** Likewise the probe. */
  probed: Error[];
}

/** What Domo would be given, and what was asked of AWS. */
async function given({ args, order, assumed = [], probed = [] }: Partial<Case> = {}) {
  const clock = leapingClock();
  const said: string[] = [];
  const sessions: [object, number][] = [];
  const forgotten: unknown[] = [];
  const probes: unknown[] = [];
  const next = <T>(failures: Error[], value: T): Promise<T> => {
    const failure = failures.shift();
    return failure ? Promise.reject(failure) : Promise.resolve(value);
  };
  const services = {
    clock,
    settings: { accessPatienceMs: 60_000 },
    aws: {
      callerCredentials: () => Promise.resolve(ofCaller),
      probeWrite: (...call: unknown[]) => next(probed, (probes.push(call), 1_000 + probes.length)),
    },
    sessions: {
      open: (...call: [object, number]) => next(assumed, (sessions.push(call), ofRole)),
      forget: (credentials: unknown) => void forgotten.push(credentials),
    },
  };
  const say = (text: string) => void said.push(text);
  const report = { progress: say, warn: say };
  const all = {
    services,
    report,
    inputs: { ...inputs, roleArn, kmsKeyId, timeoutSeconds: 1_000, ...args },
    name: "urn:pulumi:dev::shop::type::orders",
    ...order,
  };
  const wait = writeCredentials(all as unknown as Order, plan, 5_000);
  const result = await wait.catch((error: unknown) => error);
  return { result, said, sessions, forgotten, probes, slept: clock.slept };
}

const policy = sessionPolicy(targetOf({ ...inputs, roleArn, kmsKeyId }, { region, keyPrefix: "exports/d" }));
const request = {
  RoleArn: roleArn,
  RoleSessionName: "domo.dev.orders.dataset",
  DurationSeconds: 1_060,
  ExternalId: "external",
  SourceIdentity: "source",
  Policy: policy,
};
const Tags = ["dev", "orders", "dataset"].map((Value, index) => ({ Key: SESSION_TAG_KEYS[index], Value }));

test("a session of the role is opened for the prefix alone, and the probe writes with it at S3's time", async () => {
  const { result, said, sessions, forgotten, probes } = await given();
  expect(result).toEqual({ credentials: ofRole, s3Time: 1_001 });
  expect(sessions).toEqual([[{ ...request, Tags }, 5_000]]);
  expect(probes).toEqual([[plan.place, "exports/d/.write-probe", ofRole, kmsKeyId]]);
  expect({ said, forgotten }).toEqual({ said: [], forgotten: [] });
});

test("an operation without a URN has a session all the same", async () => {
  const { sessions } = await given({ order: { name: "orders" } });
  expect(sessions[0]?.[0]).toMatchObject({ RoleSessionName: "domo.unknown.unknown.dataset" });
});

test.each([
  [
    thrown("AccessDenied", "not authorized to perform: sts:TagSession"),
    "the role's trust policy does not allow sts:TagSession",
  ],
  [thrown("PackedPolicyTooLargeException"), "session policy and session tags together are too long for STS"],
])("after %s, a session without tags is opened, and that is said", async (error, why) => {
  const { result, sessions, said } = await given({ assumed: [error] });
  expect(result).toMatchObject({ credentials: ofRole });
  expect(sessions).toEqual([
    [{ ...request, Tags }, 5_000],
    [request, 5_000],
  ]);
  expect(said).toEqual([`${why}, so the export is traceable by its session name only`]);
});

test.each([
  ["AssumeRole", { assumed: [denied] }],
  ["the probe", { probed: [denied] }],
])("a refusal of %s is waited for: the role may be new", async (_, failures) => {
  const { result, said, slept, sessions, forgotten } = await given(failures);
  expect(result).toMatchObject({ credentials: ofRole });
  expect(said).toEqual(["AWS does not grant the write yet"]);
  expect({ waits: slept.length, opened: sessions.length, forgotten }).toEqual({ waits: 1, opened: 2, forgotten: [] });
});

test("a session that can't write is forgotten", async () => {
  const error = refusal("NoSuchBucket");
  expect(await given({ probed: [error] })).toMatchObject({ result: error, forgotten: [ofRole] });
});

test("where no session was opened, none is forgotten", async () => {
  const error = refusal("MalformedPolicyDocument");
  expect(await given({ assumed: [error] })).toMatchObject({ result: error, forgotten: [], probes: [] });
  const other = new Error("no region");
  expect(await given({ assumed: [other] })).toMatchObject({ result: other, forgotten: [] });
});

test("without a role, the caller's own credentials are given, and it is said what they can do", async () => {
  const { result, said, sessions } = await given({ args: { roleArn: undefined } });
  expect(result).toEqual({ credentials: ofCaller, s3Time: 1_001 });
  expect(sessions).toEqual([]);
  expect(said).toEqual([
    "Domo gets the caller's own AWS credentials, which can do more than write this export; " +
      "give roleArn to pass temporary credentials of a role that are confined to the export's prefix",
  ]);
});

test.each([
  [undefined, "timeoutSeconds"],
  ["customTimeouts.create", "customTimeouts.create"],
])("credentials that end before the time limit are said, %s", async (limitedBy, named) => {
  const { said } = await given({ args: { timeoutSeconds: 7_200 }, order: { limitedBy } });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(`${named} is 7200 s, but the credentials handed to Domo end after 3600 s`);
});
