import { expect, test } from "vitest";
import type { AwsCredentials } from "../../provider/aws/clients";
import { createRoleSessions } from "../../provider/aws/role-sessions";
import { leapingClock } from "../support/test-clock";

const request = { RoleArn: "arn:aws:iam::1:role/a", RoleSessionName: "domo.s.r.d", DurationSeconds: 900, Policy: "p" };

function counted() {
  const clock = leapingClock();
  let count = 0;
  const assumeRole = (): Promise<AwsCredentials> =>
    Promise.resolve({ accessKeyId: String(++count), secretAccessKey: "s" });
  return { clock, sessions: createRoleSessions({ assumeRole }, clock) };
}

test("a session is used again while it lasts as long as it is needed", async () => {
  const { clock, sessions } = counted();
  expect(await sessions.open(request, 800_000)).toMatchObject({ accessKeyId: "1" });
  await clock.sleep(100_000);
  expect(await sessions.open(request, 900_000)).toMatchObject({ accessKeyId: "1" });
  expect(await sessions.open(request, 900_001)).toMatchObject({ accessKeyId: "2" });
  expect(await sessions.open(request, 1_000_000)).toMatchObject({ accessKeyId: "2" });
});

test.each([
  { RoleArn: "arn:aws:iam::1:role/b" },
  { RoleSessionName: "domo.s.other.d" },
  { Policy: "another prefix" },
  { ExternalId: "x" },
  { SourceIdentity: "someone" },
  { Tags: [{ Key: "k", Value: "v" }] },
])("a request that differs in %j opens a session of its own", async (more) => {
  const { sessions } = counted();
  await sessions.open(request, 0);
  expect(await sessions.open({ ...request, ...more }, 0)).toMatchObject({ accessKeyId: "2" });
});

test("a session that needs longer than it can last is opened anew each time", async () => {
  const { sessions } = counted();
  expect(await sessions.open(request, 7_200_000)).toMatchObject({ accessKeyId: "1" });
  expect(await sessions.open(request, 7_200_000)).toMatchObject({ accessKeyId: "2" });
});

test("a session that was forgotten is not used again", async () => {
  const { sessions } = counted();
  sessions.forget(await sessions.open(request, 0));
  expect(await sessions.open(request, 0)).toMatchObject({ accessKeyId: "2" });
});
