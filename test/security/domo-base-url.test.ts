import fc from "fast-check";
import { expect, test } from "vitest";
import { DomoAddressError, domoOrigin, type DomoAddress } from "../../provider/host/domo-address";

const domoBaseUrl = (stack: DomoAddress) => domoOrigin({ environment: {}, stack });
const instanceHint =
  'give "acme", "acme.domo.com" or "https://acme.domo.com" (any other host has to be set as domo:baseUrl)';
const baseHint = 'give a plain origin such as "https://acme.domo.com", or leave it out and set domo:instance';

test.each([
  ["acme", "https://acme.domo.com"],
  ["Acme-Com", "https://acme-com.domo.com"],
  ["acme.domo.com", "https://acme.domo.com"],
  ["https://acme.domo.com", "https://acme.domo.com"],
  ["HTTPS://ACME.DOMO.COM/", "https://acme.domo.com"],
])("instance %j is %s", (instance, origin) => {
  expect(domoBaseUrl({ instance })).toBe(origin);
});

test.each([
  "evil.com/",
  "evil.com",
  "evil.com#",
  "evil.com?x=",
  "evil.com\\",
  "evil.com:443/",
  "evildomo.com",
  "acme.domo.com.evil.com",
  "acme.domo.com.",
  "acme.domo.com:8443",
  "acme..domo.com",
  "-acme",
  "acme%2f",
  "acme%00",
  "acme\n",
  " acme",
  "аcme",
  "acme。evil",
  "acme\u200b",
  "ＡＣＭＥ",
  "acme\u212a",
  "xn--acme",
  "[::1]",
  "127.0.0.1",
  "http://acme.domo.com",
  "https:acme.domo.com",
  "https://acme.domo.com/path",
  "//acme.domo.com",
  "a".repeat(64),
])("instance %j is refused", (instance) => {
  const value = /a{32}/.test(instance) ? "(not shown, it may hold a secret)" : JSON.stringify(instance);
  expect(() => domoBaseUrl({ instance })).toThrow(
    new DomoAddressError(
      "domo:instance",
      `domo:instance (DOMO_INSTANCE) ${value} is not a Domo instance; ${instanceHint}`,
    ),
  );
});

test.each(["a@b", "user:password@acme.domo.com", "https://user:password@acme.domo.com"])(
  "instance %j is refused without its password being shown",
  (instance) => {
    expect(() => domoBaseUrl({ instance })).toThrow(
      `domo:instance (DOMO_INSTANCE) (not shown, it may hold a secret) is not a Domo instance; ${instanceHint}`,
    );
  },
);

test.each([
  ["https://acme.domo.com", "https://acme.domo.com"],
  ["https://domo.proxy.corp:8443/", "https://domo.proxy.corp:8443"],
  ["http://localhost:3000", "http://localhost:3000"],
  ["http://127.0.0.1:3000", "http://127.0.0.1:3000"],
  ["http://127.9.9.9:3000", "http://127.9.9.9:3000"],
  ["http://[::1]:3000", "http://[::1]:3000"],
])("base URL %j is taken and overrides the instance", (baseUrl, origin) => {
  expect(domoBaseUrl({ instance: "other", baseUrl })).toBe(origin);
});

test.each([
  "http://acme.domo.com",
  "http://10.0.0.1",
  "http://localhost.evil.com",
  "http://127.0.0.1.evil.com",
  "http://[::2]:3000",
])("base URL %j is refused, as the token would travel unencrypted", (baseUrl) => {
  expect(() => domoBaseUrl({ baseUrl })).toThrow(
    `domo:baseUrl (DOMO_BASE_URL) ${JSON.stringify(baseUrl)} would send the token unencrypted, as http is for loopback addresses only; ${baseHint}`,
  );
});

test.each([
  "http://0x7f.1",
  "http://2130706433",
  "http://127.1",
  "https://acme.domo.com:99999",
  "http://[0:0:0:0:0:0:0:1]",
])("base URL %j is refused, as it is an address in disguise", (baseUrl) => {
  expect(() => domoBaseUrl({ baseUrl })).toThrow(
    `domo:baseUrl (DOMO_BASE_URL) ${JSON.stringify(baseUrl)} does not spell its host or port in the usual way; ${baseHint}`,
  );
});

test.each([
  "acme",
  "ftp://acme.domo.com",
  "https://acme.domo.com/api",
  "https://acme.domo.com?x",
  "https://acme.domo.com#x",
  "https://acme.domo.com\\",
  "https:\\\\acme.domo.com",
  "ht\ntps://acme.domo.com",
  "https://аcme.domo.com",
  "https://acme%2edomo.com",
  "https://acme.domo.com.",
  "https://",
])("base URL %j is refused, as it is not an origin", (baseUrl) => {
  expect(() => domoBaseUrl({ baseUrl })).toThrow(
    `domo:baseUrl (DOMO_BASE_URL) ${JSON.stringify(baseUrl)} is not an origin: scheme, host and port, nothing else; ${baseHint}`,
  );
});

test("a token in the place of the instance is not shown", () => {
  const token = "DDCI0123456789abcdef0123456789abcdef!";
  expect(() => domoBaseUrl({ instance: token })).toThrow("(not shown, it may hold a secret) is not a Domo instance");
});

const addresses = {
  environment: { instance: "acme", baseUrl: "https://proxy.corp" },
  stack: { instance: "other", baseUrl: "https://stack.corp" },
};

test.each([
  [addresses, "https://proxy.corp"],
  [{ ...addresses, environment: { baseUrl: "https://proxy.corp" } }, "https://proxy.corp"],
  [{ environment: { instance: "acme" }, stack: { instance: "other" } }, "https://acme.domo.com"],
  [{ environment: { instance: "acme" }, stack: { baseUrl: "https://ACME.domo.com/" } }, "https://acme.domo.com"],
  [{ environment: { instance: "", baseUrl: "" }, stack: addresses.stack }, "https://stack.corp"],
])("of %j the token goes to %s: the environment wins", (address, origin) => {
  expect(domoOrigin(address)).toBe(origin);
});

test("a base URL of the stack can't send the token elsewhere than to the instance of the environment", () => {
  const address = { environment: { instance: "acme" }, stack: { baseUrl: "https://evil.com" } };
  expect(() => domoOrigin(address)).toThrow(
    new DomoAddressError(
      "domo:baseUrl",
      'domo:baseUrl "https://evil.com" of the stack and DOMO_INSTANCE "acme" of the environment are different hosts, ' +
        "and the token is sent to one only; remove one of the two, or set DOMO_BASE_URL, which wins over both",
    ),
  );
});

test("nothing set names both ways to set it", () => {
  expect(() => domoBaseUrl({ instance: "", baseUrl: undefined })).toThrow(
    'no Domo instance is set; run "pulumi config set domo:instance acme", or set DOMO_INSTANCE=acme',
  );
});

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "acme",
        "domo",
        ".domo.com",
        "evil.com",
        "@",
        "/",
        "\\",
        ":",
        "#",
        "?",
        "%2f",
        "%40",
        ".",
        "https://",
      ),
      fc.constantFrom(
        "http://",
        "[::1]",
        "127.0.0.1",
        "localhost",
        ":443",
        "\t",
        "\u0000",
        "。",
        "／",
        "＠",
        "ⓓ",
        "xn--",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.join(""));

test("no text makes an instance that the URL parser reads as another host", () => {
  const property = fc.property(hostile, (instance) => {
    const origin = originOf({ instance });
    if (origin === undefined) return;
    const url = new URL(`${origin}/api`);
    expect([url.protocol, url.username, url.port, url.origin]).toEqual(["https:", "", "", origin]);
    expect(url.hostname).toMatch(/^[a-z0-9-]+(\.[a-z0-9-]+)*\.domo\.com$/);
    expect(instance.toLowerCase()).toContain(url.hostname.replace(/\.domo\.com$/, ""));
  });
  fc.assert(property, { numRuns: 20_000 });
});

test("no text makes a base URL that is unencrypted off loopback, or reads as another host", () => {
  const property = fc.property(hostile, (baseUrl) => {
    const origin = originOf({ baseUrl });
    if (origin === undefined) return;
    const url = new URL(`${origin}/api`);
    expect(url.origin).toBe(origin);
    expect(baseUrl.toLowerCase()).toContain(`//${url.hostname}`);
    if (url.protocol !== "https:") expect(url.hostname).toMatch(/^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/);
  });
  fc.assert(property, { numRuns: 20_000 });
});

function originOf(address: { instance?: string; baseUrl?: string }): string | undefined {
  if ((address.instance ?? address.baseUrl) === "") return undefined;
  try {
    return domoBaseUrl(address);
  } catch (error) {
    expect(error).toBeInstanceOf(DomoAddressError);
    return undefined;
  }
}
