import { expect, test } from "vitest";
import { type QuestionId, questions } from "../../cli/doctor/live/questions";

/** What is known of Domo's API from one source (C) or not at all (?), and the rows of `doctor --live` that answer it. */
const FACTS: Readonly<Record<string, readonly QuestionId[]>> = {
  "C: sessionToken is the request's field of the session token": ["session-token"],
  "C: awsKmsKey is the id of a KMS key": ["kms-key"],
  "C: source says who requests the export": ["source"],
  "C: objects lie at <path>/<exportId>/export/data.csv.gz": ["layout"],
  "C: more than one file is possible": ["files"],
  "C: not equals is EQUALS with not": ["not-equals"],
  "C: comparisons are GREATER_THAN and its like": ["greater-than", "less-than", "greater-or-equal", "less-or-equal"],
  "?: words of exportStatus": ["status-words"],
  "?: started and finished are ISO text or epochs, and finished may be absent": ["time-form", "finished-time"],
  "?: started and the Date header are of one clock": ["started-clock"],
  "?: the scheme of URLs": ["url-form"],
  "?: an ended export has its URLs": ["urls-late"],
  "?: compression is none or gzip, without a field to choose it": ["compression"],
  "?: a file has a header": ["header"],
  "?: rows in urlRowCountMap are those of the file": ["row-count"],
  "?: a 2xx names the export that the POST started": ["post-answer"],
  "?: what a second POST gets while one runs": ["second-post"],
  "?: whether path, query and anything else are compared before an earlier export is returned": [
    "reuse-path-only",
    "reuse-other-query",
    "reuse-same-request",
  ],
  "?: dataLastUpdated is there, and above 0": ["data-last-updated"],
  "?: what Domo does under load": ["rate"],
  "?: limit inside of fromQuery": ["count-limit"],
  "?: row policies apply to a count": ["count-policies"],
};

test("everything that is known from one source or not at all is a row of doctor --live, and no row is about nothing", () => {
  const uncertain = Object.entries(questions).flatMap(([id, { grade }]) => (grade === "B" ? [] : [`${grade} ${id}`]));
  const asked = Object.entries(FACTS).flatMap(([fact, ids]) => ids.map((id) => `${fact[0]} ${id}`));
  expect(asked.sort()).toEqual(uncertain.sort());
});
