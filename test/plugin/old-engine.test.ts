import { expect, test } from "vitest";
import { importExport } from "../../plugin/import";
import type { Host } from "../../provider/host/settings";
import { startEngineServer } from "../support/engine-server";

const id = "5b1f7c0e-4d7a-4c83-9f52-0a6c2d9e8b17/00937376-dfc9-48bb-be55-115e88adca83";

/** What an import says on an engine; it has no settings, so that it can't go on. */
async function importOn(engine: Parameters<typeof startEngineServer>[0]): Promise<string> {
  const server = await startEngineServer(engine);
  const host = { engine: server.address, urn: "", config: { get: () => undefined } } as unknown as Host;
  try {
    return await importExport(host, id).then(
      () => "imported",
      (error: Error) => error.message,
    );
  } finally {
    server.close();
  }
}

test("an engine that would replace the import is refused before anything is asked", async () => {
  const said = 'Pulumi CLI version 3.248.0 does not satisfy the version range ">=3.252.0"';
  expect(await importOn({ refuses: said })).toBe(
    `import "${id}" needs Pulumi 3.252 or newer: ${said} — update the Pulumi CLI, or give bucket and path in the program and the export's id as adopt`,
  );
});

test("an engine that can't answer is older", async () => {
  expect(await importOn({})).toContain("needs Pulumi 3.252 or newer: the engine does not tell its version —");
});

test("an engine that is new enough goes on", async () => {
  expect(await importOn({ refuses: "" })).not.toContain("3.252");
});
