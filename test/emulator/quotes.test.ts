import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { signatureMark } from "../../emulator/file-url";
import { type Emulator, startEmulator } from "../../emulator/server";
import { exportBody, options } from "./small-dataset";

let emulator: Emulator;
const exportPath = "/api/query/v1/export/sales";
const keys = { awsAccessKey: "AKIA1", awsAccessSecret: "se/cr+et=", sessionToken: "to/ken&==" };
const escapedKeys = ["se\\/cr+et\\u003d", "to\\/ken\\u0026\\u003d\\u003d"];

beforeAll(async () => {
  emulator = await startEmulator({ ...options, exportSeconds: 60, quoteSecrets: true });
});
beforeEach(() => emulator.control.reset());
afterAll(() => emulator.close());

/** The answer's bytes, and the `message` that a parser finds in it. */
async function ask(body?: object, token = "reader-token"): Promise<{ wire: string; message: string | null }> {
  const answer = await fetch(emulator.url + exportPath, {
    method: body ? "POST" : "GET",
    headers: { "X-DOMO-Developer-Token": token, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  const wire = await answer.text();
  const [entry] = [JSON.parse(wire) as object].flat() as { message: string | null }[];
  return { wire, message: entry?.message ?? null };
}

test("the answer and the list quote the keys of the request, as they are", async () => {
  for (const { message } of [await ask(exportBody(keys)), await ask()])
    for (const secret of Object.values(keys)) expect(message).toContain(secret);
});

test("quotes may be escaped in the answer's JSON only", async () => {
  await emulator.control.setOptions({ quoteForm: "escaped" });
  for (const { wire, message } of [await ask(exportBody(keys)), await ask()]) {
    expect(message).toContain(keys.awsAccessSecret);
    expect(message).toContain(keys.sessionToken);
    for (const text of escapedKeys) expect(wire).toContain(text);
    expect(wire).not.toContain(keys.awsAccessSecret);
  }
});

test("quotes may be escaped twice or percent-encoded, so that parsing leaves an encoded text", async () => {
  await ask(exportBody(keys));
  await emulator.control.setOptions({ quoteForm: "double-escaped" });
  for (const text of escapedKeys) expect((await ask()).message).toContain(text);
  await emulator.control.setOptions({ quoteForm: "percent" });
  expect((await ask()).message).toContain("se%2Fcr%2Bet%3D");
  expect((await ask()).message).not.toContain(keys.awsAccessSecret);
});

test("a refusal quotes keys and token, an export that failed its keys", async () => {
  const failure = { errorCode: "AccessDenied", message: "Access Denied" };
  await emulator.control.setOptions({ busy: "409" });
  await ask(exportBody(keys));
  const { message } = await ask(exportBody(keys));
  expect(message).toMatch(/^An export of dataset sales is already running \[/);
  for (const secret of ["reader-token", ...Object.values(keys)]) expect(message).toContain(secret);
  expect((await ask(undefined, "wrong-token")).message).toContain("wrong-token");
  const [record] = await emulator.control.exports();
  await emulator.control.finishExport({ exportId: record?.exportId ?? "", ...failure });
  expect((await ask()).message).toBe(`Access Denied [${Object.values(keys).join(" ")}]`);
});

test("messages quote a presigned URL, of lists and of refusals", async () => {
  await emulator.control.setOptions({ quoteSecrets: false, quoteSignedUrl: true });
  await emulator.control.startForeignExport({ dataset: "sales", bucket: "b" });
  expect((await ask()).message).toMatch(new RegExp(`https://b\\.s3\\..*X-Amz-Signature=${signatureMark}`));
  expect((await ask({})).message).toMatch(new RegExp(`^Invalid export request.*X-Amz-Signature=${signatureMark}`));
});

test("nothing is quoted of exports that began while it was off, and the emulator's records hold no key", async () => {
  await ask(exportBody(keys));
  expect(JSON.stringify(await emulator.control.exports())).not.toContain(keys.awsAccessSecret);
  await emulator.control.reset();
  await emulator.control.setOptions({ quoteSecrets: false });
  expect((await ask(exportBody(keys))).message).toBeNull();
  await emulator.control.setOptions({ quoteSecrets: true });
  expect((await ask()).message).toBeNull();
});
