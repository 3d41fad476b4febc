import { afterEach, expect, test } from "vitest";
import { importExport } from "../../plugin/import";
import { engineRefusal } from "../../plugin/wire/engine-version";
import type { Host } from "../../provider/host/settings";
import { type EngineServer, startEngineServer } from "../support/engine-server";

const id = "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17/00937376-dfc9-48bb-be55-115e88adca83";
const advice = "update the Pulumi CLI, or give bucket and path in the program and the export's id as adopt";

const servers: EngineServer[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function engine(version?: string): Promise<EngineServer> {
  const server = await startEngineServer({ version });
  servers.push(server);
  return server;
}

/** What an import says on an engine; it has no settings, so that it can't go on. */
async function importOn({ address }: Pick<EngineServer, "address">): Promise<string> {
  const host: Host = { engine: address, urn: "", config: { get: () => undefined } };
  return importExport(host, id).then(
    () => "imported",
    (error: Error) => error.message,
  );
}

test.each(["3.251.9", "3.99.0", "2.300.0"])("engine %s would replace the import, and is refused", async (version) => {
  const server = await engine(version);
  expect(await importOn(server)).toBe(
    `import "${id}" needs Pulumi 3.252 or newer: ` +
      `Pulumi CLI version ${version} does not satisfy the version range ">=3.252.0" — ${advice}`,
  );
  expect(server.ranges).toEqual([">=3.252.0"]);
});

test("an engine that does not know the question is older", async () => {
  expect(await importOn(await engine())).toBe(
    `import "${id}" needs Pulumi 3.252 or newer: the engine does not tell its version — ${advice}`,
  );
});

test.each(["3.252.0", "3.274.1"])(
  "on engine %s the import goes on, and asks for the settings next",
  async (version) => {
    const server = await engine(version);
    expect(await importOn(server)).toBe(
      'domo:instance: no Domo instance is set; run "pulumi config set domo:instance acme", or set DOMO_INSTANCE=acme\n' +
        'domo:developerToken: the Domo developer token is missing; set the environment variable DOMO_DEVELOPER_TOKEN, or run "pulumi config set --secret domo:developerToken"',
    );
    expect(server.ranges).toEqual([">=3.252.0"]);
  },
);

test("an engine that is gone says nothing about its version", async () => {
  const server = await engine("3.274.1");
  server.close();
  const said = await importOn(server);
  expect(said).toContain(`import "${id}": the engine was asked for its version: 14 UNAVAILABLE`);
  expect(said).toContain("— nothing was imported; run it again");
});

test("an engine that does not answer is not waited for without end", async () => {
  const { address } = await engine("silent");
  await expect(engineRefusal(address, ">=3.252.0", 200)).rejects.toThrow("4 DEADLINE_EXCEEDED");
});
