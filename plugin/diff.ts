import { parseInputs, type ExportInputs } from "../provider/args/schema";
import type { Difference } from "../provider/diff";
import type { ExportState } from "../provider/state/export-state";
import type { Host } from "./host";
import { outputs } from "./schema/outputs";
import * as verbs from "./verbs";
import { messages } from "./wire/pulumi-copy";
import type { Properties } from "./wire/properties";

const { PropertyDiff, DiffResponse } = messages;

/** Whether anything differs, and what each difference leads to. */
export function diffExport(host: Host, olds: Properties, news: Properties) {
  const differences = differencesOf(host, olds, news);
  const replaces = differences.filter(({ consequence }) => consequence === "replace");
  const response = new DiffResponse();
  response.setChanges(differences.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE);
  response.setDiffsList(differences.map(shownAs));
  response.setReplacesList(replaces.map(shownAs));
  response.setHasdetaileddiff(true);
  for (const difference of differences) {
    const detail = new PropertyDiff();
    detail.setKind(kindOf(difference, olds.values, news.values));
    detail.setInputdiff(!(difference.property in outputs));
    response.getDetaileddiffMap().set(shownAs(difference), detail);
  }
  return response;
}

/** The differences between state and checked inputs. An import holds no argument that has its default. */
export function differencesOf(host: Host, olds: Properties, news: Properties): Difference[] {
  const [before, after] = [olds, news].map(({ values }): object => ({ ...defaults, ...values }));
  return verbs.diff(host, before as ExportState, after as ExportInputs);
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
