import {
  arePoliciesHidden,
  datasetAudience,
  unrestrictedText,
  type DatasetAudience,
} from "../../../provider/audience/row-policies";
import { bulkAnswer, userAnswer, type DomoDataset } from "../../../provider/domo/answers";
import type { DomoClient } from "../../../provider/domo/client";
import { paths } from "../../../provider/domo/paths";
import { activeExport } from "../../../provider/delivery/free-slot";
import type { Services } from "../../../provider/services";
import { type Check, checked, fail, type Finding, ok, skipped, warn } from "../check";
import { count } from "../../plural";
import { clockFinding } from "./clocks";
import type { RawDomo } from "../raw-domo";

/** What the checks of Domo are made with. */
export interface DomoAccess {
  readonly services: Services;
  readonly raw: RawDomo;
}

/** The token's user, and Domo's clock. `usable`: whether Domo took the token. */
export async function checkToken({ services, raw }: DomoAccess): Promise<{ checks: Check[]; usable: boolean }> {
  const answer = await raw.get(paths.user, "read the token's user");
  const now = services.clock.now();
  const token = await checked("token", () => {
    if (answer.kind === "refused") throw answer.error;
    const user = userAnswer.safeParse(answer.value).data;
    if (!user) return warn("Domo does not say whose token it is", "report this with the output of doctor --live");
    return ok(`the token of ${user.displayName ?? "a user without a name"} (user ${user.id})`);
  });
  const clock =
    answer.kind === "refused"
      ? skipped("Domo did not answer")
      : clockFinding({ whose: "Domo's", theirs: answer.domoTime, ours: now });
  return { checks: [token, { name: "Domo's clock", ...clock }], usable: token.verdict !== "fail" };
}

const NAMES = ["dataset", "columns", "row policies", "list of exports", "count of rows", "bulk read"] as const;

/** All that an export asks of a dataset. */
export async function checkDataset(
  access: DomoAccess,
  dataset: string,
): Promise<{ checks: Check[]; hasRowPolicies: boolean }> {
  const { services } = access;
  const { read } = services;
  const [first, ...others] = NAMES;
  let facts: DomoDataset | undefined;
  const readable = await checked(first, async () => {
    facts = await read.dataset(dataset);
    const { rowCount, dataUpdated, permissions } = facts;
    const rows = typeof rowCount === "number" ? `${rowCount.toLocaleString("en")} rows` : "rows not shown";
    const may = permissions ? `, and the token has ${permissions}` : "";
    const text = `"${facts.name}", ${rows}${may}`;
    if (dataUpdated !== undefined) return ok(`${text}, data of ${dataUpdated}`);
    return warn(
      `${text}, and Domo does not say when the data changed`,
      "new data is not noticed: change triggers for another export",
    );
  });
  if (!facts) {
    const checks = others.map((name): Check => ({ name, ...skipped("the dataset can't be read") }));
    return { checks: [readable, ...checks], hasRowPolicies: false };
  }
  let hasRowPolicies = false;
  const known = facts;
  const columns = await read.columns(dataset).catch((error: Error) => error);
  const checks = [
    readable,
    await checked("columns", () => {
      if (columns instanceof Error) throw columns;
      if (columns.length === 0) return fail("the dataset has no visible column", "load the dataset in Domo");
      return ok(count(columns.length, "column"));
    }),
    await checked("row policies", async () => {
      const finding = await policiesFinding(services, known);
      hasRowPolicies = finding.hasPolicies;
      return finding.finding;
    }),
    await checked("list of exports", async () => {
      const reply = await read.list(dataset);
      const text = `${reply.value.length} ${reply.value.length === 1 ? "entry" : "entries"}`;
      const active = activeExport(reply);
      if (!active) return ok(text);
      return warn(
        `${text}, and export ${active.exportId} is running`,
        "wait for it: Domo runs one export of a dataset at a time",
      );
    }),
    await checked("count of rows", () =>
      countFinding(services, known, { columns: columns instanceof Error ? [] : columns, hasRowPolicies }),
    ),
    await checked("bulk read", () => bulkFinding(access, dataset)),
  ];
  return { checks, hasRowPolicies };
}

/** Which row policies apply to the token's user, as `domo` says it. */
export async function userAudience(
  domo: Pick<DomoClient, "policies" | "user">,
  { id, owner, permissions }: DomoDataset,
): Promise<DatasetAudience> {
  const [policies, user] = [await domo.policies(id), await domo.user()];
  return datasetAudience({ policies, userId: user.id, ownerId: owner?.id, permissions });
}

async function policiesFinding(
  { read }: Services,
  facts: DomoDataset,
): Promise<{ finding: Finding; hasPolicies: boolean }> {
  try {
    const audience = await userAudience(read, facts);
    if (!audience.enabled)
      return { finding: ok("none: every reader of the dataset sees all rows"), hasPolicies: false };
    if (audience.rows === "restricted")
      return { finding: ok(`the token's user sees the rows of ${audience.policies.join(", ")}`), hasPolicies: true };
    const { fact, advice } = unrestrictedText(facts.name, audience);
    return { finding: warn(fact, advice), hasPolicies: true };
  } catch (error) {
    if (!arePoliciesHidden(error)) throw error;
    const advice =
      "the export runs; give the token's user the right to manage the dataset if a change of the policies must be noticed";
    return { finding: warn(`Domo does not show the row policies (HTTP ${error.status})`, advice), hasPolicies: false };
  }
}

async function countFinding(
  { domo }: Services,
  { id, rowCount }: DomoDataset,
  { columns, hasRowPolicies }: { columns: readonly { name: string }[]; hasRowPolicies: boolean },
): Promise<Finding> {
  if (!columns[0]) return skipped("no column is known");
  const counted = await domo.count(id, {
    columns: [{ exprType: "COLUMN", column: columns[0].name }],
    groupByColumns: [],
  });
  if (counted.rows === undefined) {
    const [fact = ""] = counted.reason.split(" — ");
    return warn(
      `Domo counts no rows: ${fact}`,
      'the number of rows is not compared; set verify: "rows" to count the rows of the file',
    );
  }
  const text = `${counted.rows.toLocaleString("en")} rows`;
  if (typeof rowCount !== "number" || counted.rows === rowCount) return ok(text);
  const difference = `${text}, and the dataset says ${rowCount.toLocaleString("en")}`;
  if (hasRowPolicies && counted.rows < rowCount) return ok(`${difference}: row policies apply to the token's user`);
  return warn(difference, "find out why before you trust the number of rows; a load may be running");
}

async function bulkFinding({ raw }: DomoAccess, dataset: string): Promise<Finding> {
  const slower = "nothing to do: each export reads its dataset separately";
  const answer = await raw.post(paths.bulk, "read the datasets", [dataset]);
  if (answer.kind === "refused") return warn(`reading many datasets at once: ${answer.how}`, slower);
  const entry = bulkAnswer.safeParse(answer.value).data?.get(dataset);
  if (!entry) return warn("reading many datasets at once: the answer has not the dataset", slower);
  return ok(
    entry.columns
      ? "many datasets are read at once, with their columns"
      : "many datasets are read at once; columns are read separately",
  );
}
