import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";

/** Packages that a program loads when it runs `code` with the compiled query modules. */
function packagesLoaded(code: string): string[] {
  const script = `(async () => { ${code}; const found = Object.keys(require.cache).map((file) => /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)?.[1]); console.log(JSON.stringify([...new Set(found.filter(Boolean))])); })()`;
  return JSON.parse(
    execFileSync(process.execPath, ["-e", script], { cwd: "dist/provider/query", encoding: "utf8" }),
  ) as string[];
}

test("a program that writes a query loads no package for it", () => {
  expect(packagesLoaded('const { select } = require("./build/builder.js"); select("a").limit(1)')).toEqual([]);
});

test("reading a query loads no package, whatever its spelling", () => {
  const normalize = 'const { normalizeQuery } = require("./read/canonical.js")';
  for (const query of [
    '{ kind: "select", columns: ["a"] }',
    '{ kind: "sql", text: "SELECT a FROM dataset WHERE b = 1" }',
    '{ columns: [{ exprType: "COLUMN", column: "a" }] }',
  ])
    expect(packagesLoaded(`${normalize}; if (!(await normalizeQuery(${query})).ok) throw new Error()`)).toEqual([]);
});

test("checking and comparing an export that does not change loads zod, and neither AWS, HTTP nor DuckDB", () => {
  const settings = `Object.assign(process.env, { DOMO_INSTANCE: "acme", DOMO_DEVELOPER_TOKEN: "any-token" })`;
  const args = `{ dataset: "d", query: { columns: [{ exprType: "COLUMN", column: "a" }] }, bucket: "bucket", path: "p", roleArn: "arn:aws:iam::123456789012:role/r" }`;
  const code = `${settings}; const lifecycle = require("../lifecycle.js"); const args = ${args};
    const { normalizeQuery } = require("./read/canonical.js"); const { query } = await normalizeQuery(args.query);
    const { inputs, failures } = await lifecycle.check({}, { ...args, query }, args); if (failures.length > 0) throw new Error(JSON.stringify(failures));
    lifecycle.diff({}, "id", { ...inputs, exportStatus: "success", origin: "created", files: [], drift: [] }, inputs)`;
  expect(packagesLoaded(code)).toEqual(["zod"]);
});
