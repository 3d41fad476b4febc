import { requireServices } from "../provider/services";
import type { Host } from "../provider/host/settings";

type Arguments = Record<string, unknown>;

/** A function's result, or what is wrong with its arguments. */
export type FunctionResult = { values: object } | { failures: { property: string; reason: string }[] };

/** The functions that programs can call, by their token. */
export const functions: Readonly<Record<string, (host: Host, args: Arguments) => Promise<FunctionResult>>> = {
  async "domo:index:getDataset"(host, { id }) {
    if (!isId(id)) return fault("id", "is not a dataset id; take the UUID from the dataset's address in Domo");
    const { domo } = await requireServices(host);
    const [facts, columns] = await Promise.all([domo.dataset(id), domo.columns(id)]);
    const { name, rowCount, dataUpdated: lastUpdated } = facts;
    return { values: { id, name, rowCount, lastUpdated, columns: columns.map((column) => ({ ...column })) } };
  },
  async "domo:index:exportRolePolicy"(_host, args) {
    const { rolePolicyDocument } = await import("../provider/export-role.js");
    return { values: { json: rolePolicyDocument(args as never) } };
  },
  async "domo:index:exportRoleTrust"(_host, args) {
    const { roleTrustDocument } = await import("../provider/export-role.js");
    return { values: { json: roleTrustDocument(args as never) } };
  },
};

function isId(value: unknown): value is string {
  return typeof value === "string" && /^[\w-]{1,64}$/.test(value);
}

function fault(property: string, reason: string): FunctionResult {
  return { failures: [{ property, reason }] };
}
