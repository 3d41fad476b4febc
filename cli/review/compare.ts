import { isDeepStrictEqual } from "node:util";
import { structuredPatch } from "diff";
import { compareFilters } from "./compare-filter";
import { hasUnknown } from "../../provider/host/unknown";
import { termsOf } from "../../provider/query/nodes";
import { renderNode } from "../../provider/query/render";
import type { ReviewedExport } from "./describe-export";
import type { Change, Finding, ReportValue, Rule } from "./report";
import { placeOf, text } from "./report-value";
import { reasonOf } from "./wording";

/** What differs between two versions of a program's exports. */
export interface Comparison {
  readonly changes: Change[];
  /** How many exports are the same. */
  readonly unchanged: number;
}

/** Compares the exports of two versions, matched by URN, or by name where one moved to another parent. */
export function compareExports(base: readonly ReviewedExport[], head: readonly ReviewedExport[]): Comparison {
  const pairs = pairUp(base, head);
  const changes = pairs.flatMap(({ before, after }): Change[] => {
    if (!before) return [added(after!)];
    if (!after) return [removed(before)];
    const findings = compareExport(before, after);
    const sqlDiff = diffLines(before.sql, after.sql);
    if (findings.length === 0 && sqlDiff.length === 0) return [];
    return [{ name: after.name, urn: after.urn, kind: "changed", findings, sqlDiff }];
  });
  return { changes, unchanged: pairs.length - changes.length };
}

interface Pair {
  readonly before?: ReviewedExport;
  readonly after?: ReviewedExport;
}

function pairUp(base: readonly ReviewedExport[], head: readonly ReviewedExport[]): Pair[] {
  const left = new Set(base);
  const take = (fits: (candidate: ReviewedExport) => boolean) => {
    const found = [...left].filter(fits);
    if (found.length !== 1) return undefined;
    left.delete(found[0]!);
    return found[0];
  };
  const exact = head.map((after) => ({ after, before: take(({ urn }) => urn === after.urn) }));
  const pairs: Pair[] = exact.map(({ after, before }) => ({
    after,
    before: before ?? take(({ name }) => name === after.name),
  }));
  for (const before of left) pairs.push({ before });
  const name = ({ before, after }: Pair) => (after ?? before)!.name;
  return pairs.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0));
}

function added(after: ReviewedExport): Change {
  const columns = after.columns ?? [];
  const findings: Finding[] = [
    ...columns.map(newColumn),
    ...(after.columns ? [] : [unknownColumns()]),
    newDestination(placeOf(after), "nothing of this export went there before"),
  ];
  if (!after.query || hasUnknown(termsOf(after.query))) findings.push(unknownFilter());
  else if (after.rowFilter?.length === 0)
    findings.push({
      mark: "wider-filter",
      subject: "no row filter",
      text: "every row of the dataset leaves",
      rules: ["wider-filter"],
    });
  return { name: after.name, urn: after.urn, kind: "added", findings, sqlDiff: diffLines(undefined, after.sql) };
}

function removed(before: ReviewedExport): Change {
  return {
    name: before.name,
    urn: before.urn,
    kind: "removed",
    findings: [],
    sqlDiff: diffLines(before.sql, undefined),
  };
}

function compareExport(before: ReviewedExport, after: ReviewedExport): Finding[] {
  return [
    ...compareColumns(before, after),
    ...compareRows(before, after),
    ...comparePlace(before, after),
    ...compareSecrets(before, after),
    ...compareRest(before, after),
  ];
}

function compareColumns(before: ReviewedExport, after: ReviewedExport): Finding[] {
  const findings: Finding[] = [];
  const otherDataset = text(before.dataset) !== text(after.dataset);
  if (otherDataset) findings.push(newColumnsOf(before.dataset, after.dataset));
  if (!after.query) return before.query ? [...findings, unknownColumns()] : findings;
  const known = new Set(otherDataset ? [] : before.query?.columns.map(renderNode));
  const now = after.query.columns.map(renderNode);
  findings.push(...now.filter((column) => !known.has(column)).map(newColumn));
  const gone = [...known].filter((column) => !now.includes(column));
  findings.push(
    ...gone.map((subject): Finding => ({ mark: "dropped-column", subject, text: "no longer leaves Domo", rules: [] })),
  );
  const moved = findings.length === 0 && now.join() !== [...known].join();
  if (moved) findings.push({ mark: "other", subject: "columns", text: "stand in another order", rules: [] });
  return findings;
}

function compareRows(before: ReviewedExport, after: ReviewedExport): Finding[] {
  if (text(before.dataset) !== text(after.dataset)) return [];
  if (before.query && after.query) return compareFilters(before.query, after.query);
  if (!before.query && !after.query) return [];
  return [
    {
      mark: "undecided",
      subject: "row filter",
      text: "can't be compared, as one of the two queries is not known",
      rules: ["wider-filter"],
    },
  ];
}

function comparePlace(before: ReviewedExport, after: ReviewedExport): Finding[] {
  const places = [
    ["Domo address", before.domo, after.domo],
    ["bucket", before.destination.bucket, after.destination.bucket],
    ["path", before.destination.path, after.destination.path],
    ["region", before.destination.region, after.destination.region],
    ["KMS key", before.destination.kmsKeyId, after.destination.kmsKeyId],
    ["role", before.access.roleArn, after.access.roleArn],
    ["external id", before.access.externalId, after.access.externalId],
    ["expected bucket owner", before.destination.expectedBucketOwner, after.destination.expectedBucketOwner],
  ] as const;
  const findings = places.flatMap(([what, old, now]) => {
    if (text(old) === text(now)) return [];
    const without = now === undefined ? WITHOUT[what] : undefined;
    return [newDestination(`${text(old)} → ${text(now)}`, without ?? `${what} changed`)];
  });
  const { ownKeys } = after.access;
  if (ownKeys !== "no" && ownKeys !== before.access.ownKeys)
    findings.push(
      newDestination(
        "allowLongLivedCredentials",
        `the deploying user's own AWS keys ${ownKeys === "yes" ? "are" : "may be"} passed to Domo`,
      ),
    );
  const known = new Set(before.overrides.map(({ argument, reason }) => `${argument} ${reason}`));
  for (const { argument, reason, effect } of after.overrides) {
    if (!known.has(`${argument} ${reason}`))
      findings.push(newDestination(argument, `new override: ${effect}. ${reasonOf(reason)}`));
  }
  return findings;
}

/** What it means that a part of the destination is no longer given. */
const WITHOUT: Readonly<Record<string, string>> = {
  "Domo address": "explicit provider removed: the address of the stack applies",
  "KMS key": "KMS key removed: the bucket's own encryption applies",
  "expected bucket owner": "expected bucket owner removed: the bucket may belong to the role's account",
};

/** Secrets that read alike in both versions and differ: their values are compared here and shown nowhere. */
function compareSecrets(before: ReviewedExport, after: ReviewedExport): Finding[] {
  return Object.entries(after.secrets).flatMap(([argument, now]) => {
    const old = before.secrets[argument] ?? [];
    if (now.length === 0 || old.length === 0 || isDeepStrictEqual(old, now)) return [];
    const rules: Rule[] = argument === "query" ? ["new-columns", "wider-filter"] : ["new-destination"];
    return [{ mark: "undecided", subject: argument, text: "a secret in it changed; it can't be shown", rules }];
  });
}

function compareRest(before: ReviewedExport, after: ReviewedExport): Finding[] {
  const findings: Finding[] = [];
  const identity = [before, after].map(({ access }) => text(access.sourceIdentity));
  if (identity[0] !== identity[1])
    findings.push({ mark: "other", subject: "sourceIdentity", text: identity.join(" → "), rules: [] });
  const old = new Map(before.options.map(({ name, value }) => [name, value]));
  const now = new Map(after.options.map(({ name, value }) => [name, value]));
  for (const name of new Set([...old.keys(), ...now.keys()])) {
    if (old.get(name) === now.get(name)) continue;
    const step = `${old.get(name) ?? "default"} → ${now.get(name) ?? "default"}`;
    findings.push({ mark: "other", subject: name, text: step, rules: [] });
  }
  for (const { argument } of before.overrides) {
    if (!after.overrides.some((override) => override.argument === argument))
      findings.push({
        mark: "other",
        subject: argument,
        text: "override removed: the safeguard is on again",
        rules: [],
      });
  }
  const faults = (of: ReviewedExport) => of.faults.map(({ argument, reason }) => `${argument} ${reason}`);
  for (const fault of after.faults) {
    if (!faults(before).includes(`${fault.argument} ${fault.reason}`))
      findings.push({ mark: "other", subject: fault.argument, text: `new fault: ${fault.reason}`, rules: [] });
  }
  return findings;
}

/** The lines of a query before and after; empty when nothing changed. */
function diffLines(before: string | undefined, after: string | undefined): string[] {
  if (before === after) return [];
  const end = (sql: string | undefined) => (sql === undefined ? "" : `${sql}\n`);
  const { hunks } = structuredPatch("", "", end(before), end(after), undefined, undefined, {
    context: Number.MAX_SAFE_INTEGER,
  });
  return hunks.flatMap(({ lines }) => lines);
}

function newColumn(subject: string): Finding {
  return { mark: "new-column", subject, text: "was not exported here before", rules: ["new-columns"] };
}

function newColumnsOf(before: ReportValue, after: ReportValue): Finding {
  const subject = `${text(before)} → ${text(after)}`;
  return {
    mark: "new-column",
    subject,
    text: "another dataset: all of its columns and rows are new",
    rules: ["new-columns", "wider-filter"],
  };
}

function unknownColumns(): Finding {
  return { mark: "undecided", subject: "columns", text: "not known before it is deployed", rules: ["new-columns"] };
}

function unknownFilter(): Finding {
  const why = "not all known before it is deployed";
  return { mark: "undecided", subject: "row filter", text: why, rules: ["wider-filter"] };
}

function newDestination(subject: string, why: string): Finding {
  return { mark: "new-destination", subject, text: why, rules: ["new-destination"] };
}
