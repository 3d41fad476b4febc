import { compareExports } from "./compare";
import type { Finding, Rule, StackReview } from "./report";
import { text } from "./report-value";
import type { ReviewedStack } from "./review-stack";
import type { WayOut } from "./ways-out";

const ALL_RULES: readonly Rule[] = ["new-columns", "new-destination", "wider-filter"];

/** Compares two versions of a stack: its exports, its Domo address, its secret settings and the other ways out. */
export function compareStacks(base: ReviewedStack, head: ReviewedStack): NonNullable<StackReview["comparison"]> {
  return {
    findings: [...compareAddress(base, head), ...compareSettings(base, head), ...compareWaysOut(base, head)],
    ...compareExports(base.exports, head.exports),
  };
}

/** By the stack's settings: the environment of this run is the same for both versions. */
function compareAddress(base: ReviewedStack, head: ReviewedStack): Finding[] {
  const [old, now] = [text(base.domo.settings), text(head.domo.settings)];
  if (old === now) return [];
  const why = "the Domo address changed: the Domo token and temporary AWS credentials are sent there";
  return [{ mark: "new-destination", subject: `${old} → ${now}`, text: why, rules: ["new-destination"] }];
}

/** A secret setting that was set again may hold anything: a filter's value, an address, another user's token. */
function compareSettings(base: ReviewedStack, head: ReviewedStack): Finding[] {
  return Object.entries(head.encrypted).flatMap(([key, now]): Finding[] => {
    const old = base.encrypted[key];
    if (old === undefined || old === now) return [];
    const why = "the secret setting was set again; what it is now can't be shown";
    return [{ mark: "undecided", subject: key, text: why, rules: [...ALL_RULES] }];
  });
}

function compareWaysOut(base: ReviewedStack, head: ReviewedStack): Finding[] {
  const named = ({ type, name }: WayOut) => `${type} ${name}`;
  const [before, whole] = [new Set(base.alsoDeclares.map(named)), new Set(base.alsoDeclares.map(wholeOf))];
  const found = head.alsoDeclares
    .filter((way) => !whole.has(wholeOf(way)))
    .map((way) => {
      const what = before.has(named(way)) ? "changed" : "is new";
      return undecidedWay(`${way.type} "${way.name}"`, `${what}, and data can leave or be shared by it`);
    });
  const gone = base.closedBlocks
    .filter((name) => !head.closedBlocks.includes(name))
    .map((name) => undecidedWay(`public access block "${name}"`, "is gone or lets more through"));
  return [...found, ...gone];
}

function wholeOf({ type, name, inputs }: WayOut): string {
  return `${type} ${name} ${inputs}`;
}

function undecidedWay(subject: string, why: string): Finding {
  return { mark: "undecided", subject, text: `${why}: read its declaration`, rules: ["new-destination"] };
}
