/**
 * What only a real Domo can answer: everything that is known of its API from one source (C), from other callers (B), or not at
 * all (?), with what this package does. Each is a row of `doctor --live`.
 */
export const questions = {
  "session-token": { grade: "C", asks: "request field of the session token" },
  "post-answer": { grade: "?", asks: "what the answer to a POST names" },
  "kms-key": { grade: "C", asks: "request field of the KMS key (awsKmsKey)" },
  source: { grade: "C", asks: "request field source" },
  limit: { grade: "B", asks: "limit in an export's query" },
  "order-by": { grade: "B", asks: "orderByColumns in an export's query" },
  "status-words": { grade: "?", asks: "words of exportStatus" },
  "time-form": { grade: "?", asks: "form of started and finished" },
  "finished-time": { grade: "?", asks: "finished in an ended export" },
  "started-clock": { grade: "?", asks: "clock of started, and of the Date header" },
  "url-form": { grade: "?", asks: "form of the URLs in urlRowCountMap" },
  "urls-late": { grade: "?", asks: "URLs as soon as the export has ended" },
  layout: { grade: "C", asks: "where the files lie below the path" },
  files: { grade: "C", asks: "files of an export" },
  compression: { grade: "?", asks: "compression of the files" },
  header: { grade: "?", asks: "first line of the file" },
  "row-count": { grade: "?", asks: "rows in urlRowCountMap, and in the file" },
  "second-post": { grade: "?", asks: "a second POST while an export runs" },
  "reuse-path-only": { grade: "?", asks: "a POST with another path, same query and data" },
  "reuse-other-query": { grade: "?", asks: "a POST with another query and path, same data" },
  "reuse-same-request": { grade: "?", asks: "the same POST once more, same data" },
  "data-last-updated": { grade: "?", asks: "dataLastUpdated of a dataset" },
  bulk: { grade: "B", asks: "reading many datasets at once, with their columns" },
  "bulk-unknown-id": { grade: "B", asks: "an id that no dataset has, among others" },
  rate: { grade: "?", asks: "refusals of too many requests (429)" },
  execute: { grade: "B", asks: "counting the rows of a query (execute)" },
  "count-limit": { grade: "?", asks: "limit inside of fromQuery" },
  "count-policies": { grade: "?", asks: "row policies in a count" },
  "number-value": { grade: "B", asks: "NUMERIC_VALUE" },
  in: { grade: "B", asks: "IN" },
  "not-in": { grade: "B", asks: "IN with not" },
  and: { grade: "B", asks: "AND" },
  between: { grade: "B", asks: "BETWEEN" },
  "date-text": { grade: "B", asks: "a time as STRING_VALUE" },
  "not-equals": { grade: "C", asks: "EQUALS with not" },
  "greater-than": { grade: "C", asks: "GREATER_THAN" },
  "less-than": { grade: "C", asks: "LESS_THAN" },
  "greater-or-equal": { grade: "C", asks: "GREATER_THAN_OR_EQUAL_TO" },
  "less-or-equal": { grade: "C", asks: "LESS_THAN_OR_EQUAL_TO" },
  "group-by": { grade: "B", asks: "groupByColumns" },
  "count-function": { grade: "B", asks: "FUNCTION COUNT" },
  "count-distinct": { grade: "B", asks: "FUNCTION COUNT with distinct" },
} as const satisfies Readonly<Record<string, { grade: "B" | "C" | "?"; asks: string }>>;

/** One of the questions. */
export type QuestionId = keyof typeof questions;

/** What this Domo does. */
export interface Answer {
  /** `expected`: this package is ready for it. `differs`: something has to be done. `not asked`: the answer says why. */
  readonly verdict: "expected" | "differs" | "not asked";
  readonly answer: string;
  /** The setting for it, or what follows from it; absent where nothing does. */
  readonly means?: string;
}

/** An answer to every question: the compiler finds one that is left out. */
export type Answers = Readonly<Record<QuestionId, Answer>>;

export const expected = (answer: string, means?: string): Answer => ({
  verdict: "expected",
  answer,
  ...(means && { means }),
});
export const differs = (answer: string, means: string): Answer => ({ verdict: "differs", answer, means });
export const notAsked = (why: string): Answer => ({ verdict: "not asked", answer: why });

/** The same answer for several questions. */
export function each<Id extends QuestionId>(ids: readonly Id[], answer: Answer): Record<Id, Answer> {
  return Object.fromEntries(ids.map((id) => [id, answer])) as Record<Id, Answer>;
}
