import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { offlinePreview, readSettings } from "../../provider/host/settings";

const NAMES = Object.keys(process.env).filter((name) => name.startsWith("DOMO_"));
beforeEach(() => NAMES.forEach((name) => vi.stubEnv(name, "")));
afterEach(() => vi.unstubAllEnvs());

const host = (config: Record<string, string>) => ({ config: { get: (key: string) => config[key] } });
const complete = { "domo:instance": "acme", "domo:developerToken": "some-token" };
const read = (config: Record<string, string> = {}) => readSettings(host({ ...complete, ...config }));

test("without any setting but instance and token, the rate stays below the public hints", () => {
  expect(read()).toEqual({
    ok: true,
    settings: {
      origin: "https://acme.domo.com",
      token: "some-token",
      sessionTokenField: "sessionToken",
      requestTimeoutMs: 60_000,
      accessPatienceMs: 120_000,
      maxRequestsPerSecond: 6,
      requestBurst: 60,
      maxRequestsInFlight: 16,
    },
  });
});

test("the environment wins over the stack", () => {
  vi.stubEnv("DOMO_REQUEST_BURST", "5");
  expect(read({ "domo:requestBurst": "7" })).toMatchObject({ settings: { requestBurst: 5 } });
});

test.each([
  ["domo:sessionTokenField", "a b", "the name of a JSON field"],
  ["domo:requestTimeoutSeconds", "0", "a number between 1 and 3600"],
  ["domo:accessPatienceSeconds", "-1", "a number between 0 and 3600"],
  ["domo:maxRequestsPerSecond", "many", "a number between 0.1 and 1000"],
  ["domo:requestBurst", "0", "a number between 1 and 1000"],
  ["domo:maxRequestsInFlight", "257", "a number between 1 and 256"],
  ["domo:offlinePreview", "fial", '"warn" or "fail"'],
])("a wrong %s is reported there", (property, text, form) => {
  expect(read({ [property]: text })).toEqual({
    ok: false,
    failures: [{ property, reason: `"${text}" is not ${form}` }],
    onlyToken: false,
    origin: "https://acme.domo.com",
  });
});

test("a wrong base URL is reported at the base URL, a wrong instance at the instance", () => {
  const failed = (config: Record<string, string>) => {
    const result = read(config);
    return result.ok ? [] : result.failures.map(({ property }) => property);
  };
  expect(failed({ "domo:baseUrl": "http://acme.domo.com" })).toEqual(["domo:baseUrl"]);
  expect(failed({ "domo:instance": "evil.com" })).toEqual(["domo:instance"]);
});

test("all faults are reported at once", () => {
  const result = readSettings(host({ "domo:instance": "evil.com", "domo:requestBurst": "0" }));
  const properties = result.ok ? [] : result.failures.map(({ property }) => property);
  expect(properties).toEqual(["domo:instance", "domo:requestBurst", "domo:developerToken"]);
});

test("a missing token still shows the instance, and is told apart from other faults", () => {
  expect(readSettings(host({ "domo:instance": "acme" }))).toMatchObject({
    ok: false,
    onlyToken: true,
    origin: "https://acme.domo.com",
    failures: [{ property: "domo:developerToken" }],
  });
  expect(readSettings(host({}))).toMatchObject({ ok: false, onlyToken: false });
});

test("a token in the place of another setting is not shown", () => {
  const secret = "DDCI0123456789abcdef0123456789abcdef";
  expect(JSON.stringify(read({ "domo:requestBurst": secret }))).not.toContain(secret);
});

test("offlinePreview is read in any case, and a word that is neither counts as the stricter one", () => {
  const cases = ["fail", "FAIL", "Warn", "fial"].map((text) => offlinePreview(host({ "domo:offlinePreview": text })));
  expect(cases).toEqual(["fail", "fail", "warn", "fail"]);
  expect(offlinePreview(host({}))).toBe("warn");
  vi.stubEnv("DOMO_OFFLINE_PREVIEW", "FAIL");
  expect(offlinePreview(host({ "domo:offlinePreview": "warn" }))).toBe("fail");
});
