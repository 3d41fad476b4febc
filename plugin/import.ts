import type { ExportInputs } from "../provider/args/schema";
import { DIGEST_COMPONENT } from "../provider/args/digest";
import { readObjectUrl } from "../provider/aws/object-url";
import type { Order, Plan } from "../provider/delivery/order";
import { judge } from "../provider/delivery/provenance";
import { verifyExport } from "../provider/delivery/verify";
import type { DomoExport } from "../provider/domo/answers";
import { DomoExportError } from "../provider/errors";
import { unlessAborted } from "../provider/host/abort";
import { createReporter } from "../provider/host/reporter";
import type { Host } from "../provider/host/settings";
import { requireServices } from "../provider/services";
import { engineRefusal } from "./wire/engine-version";

/** What is there of an export. */
export interface ReadResult {
  state: object;
  inputs: object;
}

/** An import that can't be done. */
class ImportError extends DomoExportError {
  override readonly name = "ImportError";
}

/**
 * Takes an existing export over by `<dataset>/<exportId>`: bucket and path come from where Domo says that the files are, and
 * the objects are verified as by `adopt`. Nothing is started. The query is not invented, because Domo does not say which one
 * ran: the next `up` with a query takes the same export if it ran that query, else it exports.
 */
export async function importExport(host: Host, id: string): Promise<ReadResult> {
  const { dataset, exportId } = partsOf(id);
  await requireEngine(host, id);
  const services = await requireServices(host);
  const list = await services.domo.listExports(dataset, host.signal);
  const entry = list.value.find((candidate) => candidate.exportId === exportId);
  if (!entry) {
    const latest = list.value.slice(-5).map((candidate) => candidate.exportId);
    throw new ImportError(`import "${id}": Domo lists no such export of the dataset`, {
      advice: latest.length > 0 ? `the latest that it lists are ${latest.join(", ")}` : "it lists none",
    });
  }
  const { bucket, keyPrefix } = placeOf(entry, id);
  const verdict = judge(entry, { bucket, keyPrefix });
  if (verdict.kind !== "ours") {
    throw new ImportError(`import "${id}": ${verdict.why}`, { advice: "import an export that succeeded" });
  }
  const region = await services.read.bucketRegion(bucket);
  const inputs = { dataset, bucket, path: pathOf(keyPrefix) };
  const verify = entry.finished === undefined ? "rows" : "objects"; // without an end, only the rows can be held against
  const order = {
    services,
    report: createReporter(host),
    inputs: { ...inputs, verify } as ExportInputs,
    name: id,
    stillWanted: () => Promise.resolve(),
    signal: host.signal,
  } satisfies Order;
  const plan: Plan = {
    place: { bucket, region },
    // Only a program with a query can say whether this export ran it.
    definition: { digest: "imported", keyPrefix },
    pdp: undefined,
    acceptedExposures: undefined,
  };
  const { objects } = verdict;
  const recorded = await verifyExport(order, plan, {
    entry,
    objects,
    origin: "adopted",
    written: { beforeEndOf: list },
  });
  return { inputs, state: { ...inputs, instance: services.settings.origin, ...recorded } };
}

/** Older engines take the id that state has for another one: the next `up` would replace the import, and delete. */
async function requireEngine({ engine, signal }: Host, id: string): Promise<void> {
  if (engine === undefined) return;
  const refusal = await unlessAborted(engineRefusal(engine, ">=3.252.0").catch(unanswered(id)), signal);
  if (refusal === undefined) return;
  throw new ImportError(`import "${id}" needs Pulumi 3.252 or newer: ${refusal}`, {
    advice: "update the Pulumi CLI, or give bucket and path in the program and the export's id as adopt",
  });
}

function unanswered(id: string) {
  return (cause: Error): never => {
    throw new ImportError(`import "${id}": the engine was asked for its version: ${cause.message}`, {
      advice: "nothing was imported; run it again",
      cause,
    });
  };
}

function partsOf(id: string): { dataset: string; exportId: string } {
  const [, dataset, exportId] = /^([\w-]{1,64})\/([\w-]{1,64})$/.exec(id) ?? [];
  if (dataset !== undefined && exportId !== undefined) return { dataset, exportId };
  throw new ImportError(`import "${id}": this is not the id of an export`, {
    advice: "give <dataset>/<exportId>, both as Domo has them",
  });
}

/** Where the export lies: `<path>/<definition>/<exportId>/…`, or without the digest when something else ran it. */
function placeOf(
  { exportId, bucket: said, urlRowCountMap }: DomoExport,
  id: string,
): { bucket: string; keyPrefix: string } {
  const [url = ""] = Object.keys(urlRowCountMap);
  const { places } = readObjectUrl(url, { bucket: said ?? "", prefix: "" });
  for (const { bucket, key } of places) {
    const end = key.indexOf(`/${exportId}/`);
    if (end > 0 && bucket !== "" && (said ?? bucket) === bucket) return { bucket, keyPrefix: key.slice(0, end) };
  }
  throw new ImportError(`import "${id}": Domo does not say where the export's files are`, {
    advice: "give bucket and path in the program, and the export's id as adopt",
  });
}

function pathOf(keyPrefix: string): string {
  const components = keyPrefix.split("/");
  const last = components.at(-1) ?? "";
  return components.length > 1 && DIGEST_COMPONENT.test(last) ? components.slice(0, -1).join("/") : keyPrefix;
}
