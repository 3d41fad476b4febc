import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { S3View } from "../../local/aws-fixtures";
import { projectRoot } from "../../local/paths";
import type { Manifest } from "../../provider/manifest/shape";

/** The first block of a language on the page for consumers. */
export function snippetOf(language: string): string {
  const page = readFileSync(join(projectRoot, "docs/consuming.md"), "utf8");
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, "s").exec(page)?.[1] ?? "";
}

/**
 * What DuckDB reads by the page's recipe. It reads copies of the objects, as its extension for S3 is a download, and a
 * manifest that names the copies.
 */
export async function readByRecipe(
  s3: S3View,
  { bucket, manifest }: { bucket: string; manifest: Manifest },
): Promise<{ rows: unknown[][]; types: unknown[][] }> {
  const folder = mkdtempSync(join(tmpdir(), "manifest-"));
  const start = `s3://${bucket}/`;
  for (const { url } of manifest.entries) {
    const key = url.slice(start.length);
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    writeFileSync(join(folder, key), await s3.get(bucket, key));
  }
  const place = join(folder, "manifest.json");
  writeFileSync(place, JSON.stringify(manifest).replaceAll(start, `${folder}/`));
  const recipe = snippetOf("sql").replace(/s3:\/\/[^']*/, place);
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  try {
    for (const statement of recipe.split(";").filter((part) => part.trim() !== "")) await connection.run(statement);
    return {
      rows: (await connection.runAndReadAll("FROM orders")).getRowsJson(),
      types: (await connection.runAndReadAll("DESCRIBE orders")).getRowsJson(),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
