import { hasUnknown, UNKNOWN } from "../../provider/host/unknown";
import type { SelectNode } from "../../provider/query/ast";
import type { Finding, Mark, ReportedExport, ReportValue } from "./report";

/** Every mark, the worst first. Reports show what has the worst mark first, so that a cut leaves it. */
export const WORST_FIRST = [
  ...["fault", "new-destination", "wider-filter", "new-column", "undecided"],
  ...["open-audience", "own-keys", "raw", "not-all-known", "no-row-filter"],
  ...["dropped-column", "narrower-filter", "other", "made-here"],
] as readonly (Mark | Finding["mark"])[];

/** Marks that want a decision. */
export const ALARMS: ReadonlySet<Mark | Finding["mark"]> = new Set(WORST_FIRST.slice(0, 10));

/** Orders by the worst mark, then by name. */
export function worstFirst<Item extends { readonly name: string }>(
  items: readonly Item[],
  marksOf: (item: Item) => readonly (Mark | Finding["mark"])[],
): Item[] {
  const rank = (item: Item) => Math.min(WORST_FIRST.length, ...marksOf(item).map((mark) => WORST_FIRST.indexOf(mark)));
  return [...items].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** What deserves attention in an export as it stands; of the overrides, whose text alone is described, by its inputs. */
export function marksOf(
  described: Omit<ReportedExport, "marks">,
  query: SelectNode | undefined,
  inputs: Readonly<Record<string, unknown>>,
): Mark[] {
  const { faults, overrides, access, rowFilter, secretsInQuery } = described;
  const values = unknownValues(described);
  const marks: [Mark, boolean][] = [
    ["fault", faults.length > 0],
    ["raw", query !== undefined && hasRaw(query)],
    ["no-row-filter", rowFilter?.length === 0],
    ["open-audience", overrides.length > 0],
    ["own-keys", access.ownKeys !== "no"],
    [
      "not-all-known",
      (query === undefined && faults.length === 0) ||
        secretsInQuery !== undefined ||
        hasUnknown(query) ||
        access.ownKeys === "not known" ||
        overrides.some(({ argument }) => hasUnknown(inputs[argument])) ||
        values.some(([name, value]) => !isMadeHere(name, value)),
    ],
    ["made-here", values.some(([name, value]) => isMadeHere(name, value))],
  ];
  return marks.flatMap(([mark, holds]) => (holds ? [mark] : []));
}

/** Resources that a bucket, a region, a key or a role usually comes from when the program makes them itself. */
const USUAL: Readonly<Record<string, RegExp>> = {
  bucket: /^(aws:s3\/bucket(V2)?:|aws-native:s3:Bucket )/,
  region: /^(aws:s3\/bucket(V2)?:|aws-native:s3:Bucket )/,
  kmsKeyId: /^(aws:kms\/(key|alias):|aws-native:kms:(Key|Alias) )/,
  roleArn: /^(aws:iam\/role(Policy|PolicyAttachment)?:|aws-native:iam:Role )/,
};

/** Whether a value is not known because the same program makes what it names: the recommended layout. */
function isMadeHere(name: string, value: ReportValue): boolean {
  const usual = USUAL[name];
  return (
    usual !== undefined &&
    "unknown" in value &&
    value.unknown === "known when deployed" &&
    value.from.length > 0 &&
    value.from.every((origin) => usual.test(origin))
  );
}

function unknownValues({ domo, dataset, destination, access }: Omit<ReportedExport, "marks">): [string, ReportValue][] {
  const values = Object.entries({ domo, dataset, ...destination, roleArn: access.roleArn });
  return values.flatMap(([name, value]) =>
    value && "unknown" in value ? [[name, value] as [string, ReportValue]] : [],
  );
}

function hasRaw(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if ((node as { kind?: unknown }).kind === "raw" && (node as { json?: unknown }).json !== UNKNOWN) return true;
  return Object.values(node).some(hasRaw);
}
