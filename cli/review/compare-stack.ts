import { compareExports } from "./compare";
import type { Finding, Rule, StackReview } from "./report";
import { text } from "./report-value";
import type { ReviewedStack } from "./review-stack";

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
  const before = new Set(base.alsoDeclares.map(({ type, name }) => `${type} ${name}`));
  return head.alsoDeclares
    .filter(({ type, name }) => !before.has(`${type} ${name}`))
    .map(({ type, name }) => ({
      mark: "undecided",
      subject: `${type} "${name}"`,
      text: "is new, and data can leave or be shared by it: read its declaration",
      rules: ["new-destination"],
    }));
}
