import { parseInputs, type ExportInputs } from "../provider/args/schema";
import { rememberObjects } from "../provider/create";
import { differences, type Difference } from "../provider/diff";
import type { Host } from "../provider/host/settings";
import type { ExportState } from "../provider/state/export-state";
import { outputs } from "./schema/outputs";
import { stateOf } from "./state";
import { messages } from "./wire/pulumi-copy";
import type { Properties } from "./wire/properties";

const { PropertyDiff, DiffResponse } = messages;

/** Whether anything differs, and what each difference leads to. */
export function diffExport(host: Host, olds: Properties, news: Properties) {
  const found = differencesOf(olds, news);
  const replaces = found.filter(({ consequence }) => consequence === "replace");
  rememberObjects(host, stateOf(olds), { isReplaced: replaces.length > 0 });
  const response = new DiffResponse();
  response.setChanges(found.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  response.setDiffsList(found.map(shownAs));
  response.setReplacesList(replaces.map(shownAs));
  response.setHasdetaileddiff(true);
  for (const difference of found) {
    const detail = new PropertyDiff();
    detail.setKind(kindOf(difference, olds.values, news.values));
    detail.setInputdiff(!(difference.property in outputs));
    response.getDetaileddiffMap().set(shownAs(difference), detail);
  }
  return response;
}

/** The differences between state and checked inputs. The inputs of an import hold neither defaults nor the instance. */
export function differencesOf(olds: Properties, news: Properties): Difference[] {
  const before: object = { ...defaults, ...olds.values };
  const after: object = { ...defaults, instance: olds.values.instance, ...news.values };
  return differences(before as ExportState, after as ExportInputs);
}

const defaults = defaultsOf(parseInputs({ dataset: "any", bucket: "any", path: "any", query: null }).inputs);

function defaultsOf({ ...inputs }: Record<string, unknown>): Record<string, unknown> {
  for (const name of ["dataset", "bucket", "path", "query"]) delete inputs[name];
  return inputs;
}

/** A query is shown as its SQL: two lines that differ, where its tree has dozens. */
function shownAs({ property }: Difference): string {
  return property === "query" ? "sql" : property;
}

function kindOf({ property, consequence }: Difference, olds: object, news: object): 0 | 1 | 2 | 3 | 4 | 5 {
  const { Kind } = PropertyDiff;
  const replaces = consequence === "replace";
  if (property in outputs || (property in olds && property in news))
    return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
  if (property in news) return replaces ? Kind.ADD_REPLACE : Kind.ADD;
  return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
}
