import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Host } from "../../provider/host/settings";
import { type ExportState, withoutUndefined } from "../../provider/state/export-state";
import { type EngineServer, startEngineServer } from "../support/engine-server";
import { type Lab, shell, startLab, TOKEN } from "../support/lab";
import { findSecrets } from "../support/secrets";
import { errorAsPrinted, failureAsPrinted } from "./as-printed";
import { type Mistake, mistakes } from "./mistakes";

/*
 * Every message of the gallery, whole and in one file: read it as somebody who sees it for the first time. After a change,
 * `npx vitest run test/gallery -u`, and read the difference.
 */
let lab: Lab;
let engine: EngineServer;
const printed: string[] = [];

beforeAll(async () => {
  lab = await startLab();
  engine = await startEngineServer();
});
beforeEach(() => lab.emulator.control.reset());
afterAll(async () => {
  vi.unstubAllEnvs();
  engine.close();
  await lab.stop();
});

const URN = "urn:pulumi:dev::acme::pulumi-nodejs:dynamic/domo:S3Export::sales";

/** What is printed under the resource: failures of the check, the error of the operation, warnings and lines that last. */
async function messagesOf(mistake: Mistake, path: string): Promise<string[]> {
  const { args, env = {}, config = {}, at = "preview" } = mistake;
  // Retries and time limits pass twenty times as fast.
  vi.stubEnv("DOMO_TIME_SCALE", "20");
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  engine.messages.length = 0;
  const host: Host = { engine: engine.address, config: { get: (key) => config[key] } };
  const order = withoutUndefined({
    resourceUrn: URN,
    dataset: lab.dataset,
    query: { kind: "sql", text: `SELECT "Order ID", "Region" FROM dataset` },
    bucket: lab.bucket,
    path,
    roleArn: lab.roleArn,
    ...args?.(lab),
  });
  const undo = await mistake.around?.(lab);
  const said: string[] = [];
  try {
    vi.resetModules();
    const lifecycle = await import("../../provider/lifecycle.js");
    const { inputs, failures } = await lifecycle.check(
      host,
      {},
      { ...order, ...(at === "preview" && { dryRun: true }) },
    );
    said.push(...failures.map((failure) => failureAsPrinted(failure, order)));
    if (failures.length === 0 && at !== "preview") {
      const { outs } = await lifecycle.create(host, inputs as never);
      if (at === "up after removal") await afterRemoval(outs, host);
    }
  } catch (error) {
    said.push(errorAsPrinted(error));
  } finally {
    if (typeof undo === "function") await (undo as () => Promise<void>)();
    vi.unstubAllEnvs();
  }
  const lasting = engine.messages.filter(({ ephemeral }) => !ephemeral);
  return [...said, ...lasting.map(({ severity, text }) => `${severity > 1 ? "warning: " : ""}${text}`)];
}

async function afterRemoval(state: ExportState, host: Host): Promise<void> {
  for (const { key } of state.files) await lab.removeObject(key);
  const lifecycle = await import("../../provider/lifecycle.js");
  const { props } = await shell(lifecycle, host).read(state);
  await lifecycle.update(host, "id", props as never, { ...props, drift: undefined } as never);
}

/** What differs from run to run, by a name. */
function readable(text: string): string {
  return (
    text
      .replaceAll(lab.bucket, "acme-exports")
      .replaceAll(lab.roleArn, "arn:aws:iam::123456789012:role/export")
      .replaceAll(lab.moto.endpoint, "https://aws")
      .replaceAll(lab.emulator.url, "https://acme.domo.com")
      .replaceAll(lab.dataset, "<dataset>")
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<export>")
      .replace(/\b[0-9a-f]{32}\b/g, "<definition>")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      .replace(/toe [\w-]+/g, "toe <trace>")
      .replace(/Waited \d+ s/g, "Waited <n> s")
      .replace(/whose status was [^—]* —/g, "whose status was <words> —")
      // Dataset, columns, row policies and user are read at the same time, and any of them may fail first.
      .replace(
        /"http[^"]*\/((datasources|data-control)\/[^"/]+(\/(schema|filter-groups)[^"]*)?|users\/me)"/g,
        '"https://acme.domo.com/api/…/datasources/<dataset>"',
      )
      .replaceAll(/could not read the (columns|row policies|token's user)/g, "could not read the dataset")
  );
}

test.each(mistakes.map((mistake, index) => ({ mistake, title: mistake.title, index })))(
  "$title is answered by a message",
  async ({ mistake, title, index }) => {
    const messages = (await messagesOf(mistake, `exports/g${index}`)).map(readable);
    expect(messages, title).not.toEqual([]);
    printed[index] = [`# ${title}`, ...messages.map((message) => message.replaceAll("\n", "\n  "))].join("\n");
  },
);

test("the messages are those of the gallery", async () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(60);
  expect(new Set(mistakes.map(({ title }) => title)).size).toBe(mistakes.length);
  await expect(`${printed.join("\n\n")}\n`).toMatchFileSnapshot("messages.txt");
});

test("no message of the gallery holds a secret", () => {
  const { accessKeyId, secretAccessKey } = lab.moto.deployer;
  const secrets = new Map([
    ["Domo token", TOKEN],
    ["wrong Domo token", "marked-secret-token"],
    ["AWS secret key", secretAccessKey],
    ["AWS key id", accessKeyId],
    ["wrong AWS secret key", "marked-secret-key"],
    ["wrong AWS key id", "AKIAMARKEDSECRET0000"],
  ]);
  expect(findSecrets(secrets, new Map([["the gallery", printed.join("\n")]]))).toEqual([]);
});
