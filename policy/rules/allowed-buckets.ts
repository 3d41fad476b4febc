import { matchesGlob } from "../glob";
import { knownText } from "../plain";
import { type ExportRule, quoted, textList } from "../rule";

/** Exports go to the listed buckets only. */
export const allowedBuckets: ExportRule<{ buckets: string[] }> = {
  name: "allowed-buckets",
  description: "An export goes to a bucket of the list.",
  enforcementLevel: "mandatory",
  severity: "high",
  parameters: {
    buckets: textList("Names of buckets; * stands for any characters. An empty list allows every bucket.", []),
  },
  check: ({ inputs }, { buckets }) => {
    const bucket = knownText(inputs.bucket);
    if (bucket === undefined || buckets.length === 0 || buckets.some((pattern) => matchesGlob(bucket, pattern)))
      return [];
    return [
      `bucket ${quoted(bucket)} matches none of ${buckets.map(quoted).join(", ")} — export to one of these, or add it to allowed-buckets.buckets`,
    ];
  },
};
