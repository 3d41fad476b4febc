import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { AnswerOptions } from "../../emulator/answer-options";
import { signatureMark } from "../../emulator/file-url";
import { type FaultProxy, startFaultProxy } from "../../local/fault-proxy";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lab, startLab, TOKEN } from "../support/lab";
import { findSecrets } from "../support/secrets";
import { argsOf, failure, processTelling } from "./hostile";

let lab: Lab;
let engine: EngineServer;
let aws: FaultProxy;
let path: string;
let count = 0;
/** The token, the deployer's key, what STS handed out, and signatures. */
const secrets = new Map([
  ["token", TOKEN],
  ["signature", signatureMark],
]);
beforeAll(async () => {
  lab = await startLab();
  engine = await startEngineServer();
  secrets.set("deployer's key", lab.moto.deployer.secretAccessKey);
  aws = await startFaultProxy(lab.moto.endpoint, (_, { body }) => {
    for (const [, kind = "", secret = ""] of String(body).matchAll(/<(SecretAccessKey|SessionToken)>([^<]+)</g))
      secrets.set(`${kind} ${secrets.size}`, secret);
  });
});
beforeEach(async () => {
  await lab.emulator.control.reset();
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  path = `exports/secrets-${++count}`;
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  engine.close();
  await aws.shut();
  await lab.stop();
});

const args = (more?: Record<string, unknown>) => argsOf(lab, path, more);

// D2
test.each<AnswerOptions["quoteForm"]>(["raw", "escaped", "double-escaped", "percent"])(
  "keys that Domo's list quotes (%s) are in no error, reason, state or line of the engine",
  async (quoteForm) => {
    const failWith = { errorCode: "DENIED", message: "refused" };
    await lab.emulator.control.setOptions({ quoteForm, quoteSecrets: true, quoteSignedUrl: true, failWith });
    const resourceUrn = `urn:pulumi:s::p::pulumi-nodejs:dynamic:Resource::${quoteForm}`;
    const error = await failure((await processTelling(engine)).create(args({ resourceUrn })));
    const { message, reasons, properties } = error;
    expect(properties?.exportStatus).toBe("error");
    expect(message).toContain("(hidden)");
    expect([...secrets.keys()].filter((name) => name.startsWith("SessionToken")).length).toBeGreaterThan(0);
    const told = engine.messages.filter(({ urn }) => urn === resourceUrn).map(({ text }) => text);
    const places = new Map([
      ["message", message],
      ["reasons", JSON.stringify(reasons)],
      ["state", JSON.stringify(properties)],
      ["engine", told.join("\n")],
    ]);
    expect(findSecrets(secrets, places)).toEqual([]);
  },
);

// D4
test("a secret external id of a wrong form is not quoted", async () => {
  const externalId = "my secret, with spaces";
  const { failures } = await (await lab.process()).check(args({ externalId }));
  expect(failures.map(({ property }) => property)).toEqual(["externalId"]);
  expect(JSON.stringify(failures)).not.toContain("my secret");
});

// F8
test("a wrong base URL is a failure of the base URL", async () => {
  vi.stubEnv("DOMO_BASE_URL", "ftp://acme.domo.com");
  const { failures } = await (await lab.process()).check(args());
  expect(failures.map(({ property }) => property)).toEqual(["domo:baseUrl"]);
});

// F8
test("a word of offlinePreview that is none is a failure, not a warning", async () => {
  vi.stubEnv("DOMO_OFFLINE_PREVIEW", "fial");
  const { failures } = await (await lab.process()).check(args());
  expect(failures.map(({ property }) => property)).toEqual(["domo:offlinePreview"]);
});
