import { DomoExportError, type CheckFailure } from "../provider/errors";
import type { Host } from "../provider/host/settings";
import { checkQuery } from "../provider/query/check/columns";
import { fitDates } from "../provider/query/check/value-type";
import { compile } from "../provider/query/compile";
import { normalizeQuery } from "../provider/query/read/canonical";
import { requireServices } from "../provider/services";
import { placeInSql } from "./check";

type Arguments = Record<string, unknown>;

/** A function's result, or what is wrong with its arguments. */
export type FunctionResult = { values: object } | { failures: CheckFailure[] };

/** The functions that programs can call, by their token. */
export const functions: Readonly<Record<string, (host: Host, args: Arguments) => Promise<FunctionResult>>> = {
  async "domo:index:getDataset"(host, { id }) {
    if (!isId(id)) return fault("id", NOT_AN_ID);
    const { read } = await requireServices(host);
    const [facts, columns] = await Promise.all([read.dataset(id), read.columns(id)]);
    const { name, rowCount, dataUpdated: lastUpdated } = facts;
    return { values: { id, name, rowCount, lastUpdated, columns: columns.map((column) => ({ ...column })) } };
  },
  async "domo:index:countRows"(host, { dataset, query, sql }) {
    if (!isId(dataset)) return fault("dataset", NOT_AN_ID);
    if ((query === undefined) === (sql === undefined)) return fault("query", "or sql is needed, and one of them only");
    const normalized = await normalizeQuery(sql === undefined ? query : { kind: "sql", text: sql });
    const said = sql === undefined ? faults : faultsOfSql;
    if (!normalized.ok) return said(normalized.failures);
    const { read, domo } = await requireServices(host);
    const [{ name }, columns] = await Promise.all([read.dataset(dataset), read.columns(dataset)]);
    const columnFaults = checkQuery(normalized.query, { name, columns });
    if (columnFaults.length > 0) return said(columnFaults);
    const count = await domo.count(dataset, compile(fitDates(normalized.query, columns)));
    if (count.rows === undefined) throw new DomoExportError(`counting rows of dataset ${dataset}: ${count.reason}`);
    return { values: { rows: count.rows } };
  },
  async "domo:index:exportRolePolicy"(_host, args) {
    const { rolePolicyDocument } = await import("../provider/export-role.js");
    return missing(args, ["bucket", "path"]) ?? { values: { json: rolePolicyDocument(args as never) } };
  },
  async "domo:index:exportRoleTrust"(_host, args) {
    const { roleTrustDocument } = await import("../provider/export-role.js");
    return missing(args, ["callerArn"]) ?? { values: { json: roleTrustDocument(args as never) } };
  },
};

const NOT_AN_ID = "is not a dataset id; take the UUID from the dataset's address in Domo";

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}

function missing(args: Arguments, names: readonly string[]): FunctionResult | undefined {
  const name = names.find((wanted) => typeof args[wanted] !== "string");
  return name === undefined ? undefined : fault(name, "is missing or not text");
}

interface Fault {
  path: string;
  reason: string;
}

function faults(found: readonly Fault[]): FunctionResult {
  return { failures: found.map(({ path, reason }) => ({ property: path, reason })) };
}

function faultsOfSql(found: readonly Fault[]): FunctionResult {
  return faults(found.map(({ path, reason }) => ({ path: placeInSql(path), reason })));
}

function fault(property: string, reason: string): FunctionResult {
  return { failures: [{ property, reason }] };
}
