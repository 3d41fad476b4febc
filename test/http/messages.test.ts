import { afterAll, beforeAll, expect, test } from "vitest";
import { createDomoClient } from "../../provider/domo/client";
import { DomoAnswerError, DomoStatusError } from "../../provider/errors";
import { json, type RawServer, startRawServer } from "../support/http-server";
import { settingsFor } from "../support/settings";
import { leapingClock } from "../support/test-clock";

const TOKEN = "marked-developer-token";
const SECRET = "marked+secret/key";
let domo: RawServer;
beforeAll(async () => {
  domo = await startRawServer();
});
afterAll(() => domo.close());

async function start(): Promise<unknown> {
  const client = await createDomoClient(settingsFor(domo.url, { token: TOKEN }), leapingClock());
  const body = { awsAccessKey: "ASIAMARKED", awsAccessSecret: SECRET, sessionToken: "marked-session", bucket: "b" };
  return client.startExport("d", body).catch((error: unknown) => error);
}
const attempt = () => `[POST] "${domo.url}/api/query/v1/export/d"`;

test.each([
  [400, "Bad Request", "Domo refused the request as invalid; correct what Domo names"],
  [
    401,
    "Unauthorized",
    "the developer token is invalid or expired; set a new one in DOMO_DEVELOPER_TOKEN (or domo:developerToken)",
  ],
  [403, "Forbidden", "the token needs READ on this dataset (or dataset.admin)"],
  [404, "Not Found", "there is no such dataset in this instance; check the id and the instance"],
  [409, "Conflict", "Domo reports a conflict with a running export; run again when it has ended"],
  [418, "I'm a Teapot", "Domo refused the request"],
  [429, "Too Many Requests", "Domo's rate limit is reached; run again later or lower domo:maxRequestsPerSecond"],
  [500, "Internal Server Error", "Domo failed; run again"],
  [599, "Unexpected Status", "Domo failed; run again"],
])("a %i says what was attempted, what came back, what to do, and Domo's trace id", async (status, name, meaning) => {
  domo.answer(json(status, { status, statusReason: name, message: "Because.", toe: "ABC123" }));
  const failure = (await start()) as DomoStatusError;
  expect(failure).toBeInstanceOf(DomoStatusError);
  expect(failure).toMatchObject({ status });
  expect(failure.message).toBe(
    `${attempt()}: ${status} ${name} — could not start the export: ${meaning}; Domo says "Because." (toe ABC123)`,
  );
});

test("an error page of HTML is not repeated", async () => {
  domo.answer((response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"));
  expect(((await start()) as Error).message).toBe(
    `${attempt()}: 502 Bad Gateway — could not start the export: Domo failed; run again`,
  );
});

test.each([
  [
    "<html>Sign in</html>",
    "an HTML page instead of JSON",
    "check the instance's address; a login page or a proxy answers there",
    false,
  ],
  ["", "something else instead of JSON", "check the instance's address", false],
  ['{"exportId": "e", "expo', "JSON that breaks off", "run again", true],
])("a success of %j is no success", async (text, what, help, cutOff) => {
  domo.answer((response) => response.writeHead(200).end(text));
  expect(await start()).toEqual(
    new DomoAnswerError(`${attempt()}: ${what} — could not start the export; ${help}`, cutOff),
  );
});

test("an answer of the wrong shape names the fields", async () => {
  domo.answer(json(200, { exportId: "", exportStatus: 1, started: "soon" }));
  expect(((await start()) as Error).message).toContain("an answer of an unexpected shape (answer: has no exportId)");
});

test("a long message of Domo's is cut", async () => {
  domo.answer(json(400, { message: "x".repeat(10_000) }));
  expect(((await start()) as Error).message.length).toBeLessThan(600);
});

test("what one request sent is hidden in every later answer, however Domo writes it", async () => {
  const client = await createDomoClient(settingsFor(domo.url, { token: TOKEN }), leapingClock());
  domo.answer(json(400, {}));
  await client.startExport("d", { awsAccessKey: "ASIAMARKED", awsAccessSecret: SECRET }).catch(() => undefined);
  const quotes = [
    `{"secret":"${SECRET.replaceAll("/", "\\/")}"}`,
    encodeURIComponent(SECRET),
    JSON.stringify(JSON.stringify(SECRET)),
    `https://b.s3.amazonaws.com/k?X-Amz-Credential=ASIAMARKED&X-Amz-Signature=0a1b2c`,
  ];
  const entry = { exportId: "e", exportStatus: "error", urlRowCountMap: { [`s3://b/${TOKEN}?Signature=0a1b2c`]: 1 } };
  // Node writes a slash plainly; what Domo writes in its place can be escaped.
  const text = JSON.stringify(quotes.map((message) => ({ ...entry, message }))).replaceAll("/", "\\/");
  domo.answer((response) => response.writeHead(200, { "content-type": "application/json" }).end(text));
  const { value: listed } = await client.listExports("d");
  expect(listed.map(({ message }) => message)).toEqual([
    '{"secret":"(hidden)"}',
    "(hidden)",
    '"\\"(hidden)""',
    "https://b.s3.amazonaws.com/k?(hidden)",
  ]);
});

test.each([TOKEN, SECRET, "ASIAMARKED", "marked-session"])("%s is not repeated when Domo echoes it", async (secret) => {
  domo.answer(json(400, { message: `can't parse {"key":"${secret}"} of ${secret}`, toe: "ABC" }));
  const { message } = (await start()) as Error;
  expect(message).toContain(`Domo says "can't parse {"key":"(hidden)"} of (hidden)" (toe ABC)`);
  expect(message).not.toContain(secret);
});
