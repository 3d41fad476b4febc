import { z } from "zod";
import { isExportType } from "../../provider/host/resource-types";
import { shortName } from "../../provider/host/urn";
import { driftKinds } from "../../provider/state/export-state";
import { compareText } from "../compare-text";
import { repairOf } from "../drift/wording";
import type { ListedExport } from "./report";

/** What is a secret has another form in state, and is read as absent: nothing is decrypted. */
const plain = <Schema extends z.ZodType>(schema: Schema) => schema.optional().catch(undefined);

const outputs = z.object({
  dataset: plain(z.string()),
  rowCount: plain(z.number()),
  startedAt: plain(z.iso.datetime()),
  finishedAt: plain(z.iso.datetime()),
  exportStatus: plain(z.string()),
  onNewData: plain(z.string()),
  drift: plain(z.array(z.object({ kind: z.enum(driftKinds) }))),
});

const resource = z.object({
  urn: z.string(),
  type: z.string(),
  delete: z.boolean().optional(),
  initErrors: z.array(z.string()).nullish(),
  outputs: z.unknown(),
});

/** The part of `pulumi stack export` that is about exports. */
const stackExport = z.object({
  deployment: z.object({
    resources: z.array(z.object({ urn: z.string(), type: z.string() }).loose()).nullish(),
    pending_operations: z.array(z.object({ resource: z.object({ urn: z.string(), type: z.string() }) })).nullish(),
  }),
});

/** Reads the exports of a stack from what `pulumi stack export` writes; by name. */
export function readState(text: string): ListedExport[] {
  const { resources, pending_operations: pending } = stackExport.parse(JSON.parse(text)).deployment;
  const interrupted = new Set(pending?.map(({ resource }) => resource.urn));
  const isExport = ({ type }: { type: string }) => isExportType(type);
  const listed = (resources ?? []).filter(isExport).map((raw) => listedOf(resource.parse(raw), interrupted));
  const recorded = new Set(listed.map(({ urn }) => urn));
  const unrecorded = (pending ?? [])
    .map(({ resource }) => resource)
    .filter((one) => isExport(one) && !recorded.has(one.urn))
    .map(({ urn }): ListedExport => ({ name: shortName(urn), urn, status: "unknown", next: INTERRUPTED }));
  return [...listed, ...unrecorded].sort((a, b) => compareText(a.name, b.name) || compareText(a.urn, b.urn));
}

const INTERRUPTED =
  "An earlier run was interrupted: `pulumi up` finds out whether its export ran. `pulumi refresh --clear-pending-creates --yes` takes the run out of state.";

function listedOf(
  { urn, initErrors, ...raw }: z.infer<typeof resource>,
  interrupted: ReadonlySet<string>,
): ListedExport {
  const state = outputs.parse(raw.outputs ?? {});
  const isDelivered = state.exportStatus === "success" && !initErrors?.length;
  const drift = state.drift && [...new Set(state.drift.map(({ kind }) => kind))];
  const next = (): string | undefined => {
    if (raw.delete) return "It was replaced: `pulumi up` removes it from state.";
    if (interrupted.has(urn)) return INTERRUPTED;
    if (!isDelivered) return repairOf("not-delivered");
    return drift === undefined || drift.length === 0
      ? undefined
      : [...new Set(drift.map((kind) => repairOf(kind, state)))].join(" ");
  };
  const step = next();
  const exportedAt = state.finishedAt ?? state.startedAt;
  return {
    name: shortName(urn),
    urn,
    ...(state.dataset !== undefined && { dataset: state.dataset }),
    ...(state.rowCount !== undefined && { rows: state.rowCount }),
    ...(exportedAt !== undefined && { exportedAt }),
    status: state.exportStatus === "success" && !isDelivered ? "not initialised" : (state.exportStatus ?? "unknown"),
    ...(drift !== undefined && { drift }),
    ...(step !== undefined && { next: step }),
  };
}
