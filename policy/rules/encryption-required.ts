import { UNKNOWN } from "../../provider/host/unknown";
import { knownObject } from "../plain";
import { flag, quoted, type ResourceView, type StackRule, type StackView, textList } from "../rule";
import { bucketLabel, bucketOf, partsOf } from "../stack-view";

/** Parameters of {@link encryptionRequired}. */
export interface EncryptionConfig {
  algorithms: string[];
  otherBuckets: boolean;
}

/** What is exported lies encrypted: by the export's own key, or by the default that the stack declares for its bucket. */
export const encryptionRequired: StackRule<EncryptionConfig> = {
  name: "encryption-required",
  description: "An export is encrypted by declaration.",
  enforcementLevel: "mandatory",
  severity: "high",
  parameters: {
    algorithms: textList("Default encryptions of a bucket that count: AES256, aws:kms, aws:kms:dsse.", [
      "AES256",
      "aws:kms",
      "aws:kms:dsse",
    ]),
    otherBuckets: flag("Whether an export to a bucket that the stack does not declare needs kmsKeyId.", false),
  },
  checkStack: (view, { algorithms, otherBuckets }) =>
    view.exports.flatMap((exported) => {
      if (exported.props.kmsKeyId !== undefined) return [];
      const bucket = bucketOf(view, exported);
      const message = bucket
        ? declared(view, bucket, algorithms)
        : otherBuckets && exported.props.bucket !== UNKNOWN
          ? `bucket ${quoted(exported.props.bucket)} is not declared in this stack and the export names no key — set kmsKeyId`
          : undefined;
      return message === undefined ? [] : [{ urn: exported.urn, message }];
    }),
};

/** What is wrong with a bucket's default encryption, when that is certain. */
function declared(view: StackView, bucket: ResourceView, algorithms: readonly string[]): string | undefined {
  const found = [
    ...partsOf(view, bucket, "BucketServerSideEncryptionConfiguration").flatMap(({ props }) =>
      algorithmsIn(props.rules),
    ),
    ...inline(bucket),
  ];
  const label = quoted(bucketLabel(bucket));
  if (found.length === 0)
    return `bucket ${label} declares no default encryption — add an aws.s3.BucketServerSideEncryptionConfiguration to it, or set kmsKeyId`;
  const odd = found.find((algorithm) => algorithm !== UNKNOWN && !algorithms.includes(algorithm));
  return odd === undefined
    ? undefined
    : `bucket ${label} is encrypted by ${quoted(odd)}, not by ${algorithms.map(quoted).join(" or ")} — change its default encryption, or set kmsKeyId`;
}

function algorithmsIn(rules: unknown): string[] {
  if (rules === UNKNOWN) return [UNKNOWN];
  return [rules].flat().flatMap((rule) => {
    const { applyServerSideEncryptionByDefault, applyServerSideEncryptionByDefaults } = knownObject(rule);
    const byDefault = applyServerSideEncryptionByDefault ?? applyServerSideEncryptionByDefaults;
    const algorithm = byDefault === UNKNOWN ? UNKNOWN : knownObject([byDefault].flat()[0]).sseAlgorithm;
    return typeof algorithm === "string" ? [algorithm] : [];
  });
}

/** The older way, inside of the bucket; AWS fills the property in, so that unknown and made from nothing says nothing. */
function inline({ props, dependencies }: ResourceView): string[] {
  const name =
    props.serverSideEncryptionConfigurations === undefined
      ? "serverSideEncryptionConfiguration"
      : "serverSideEncryptionConfigurations";
  const given = props[name];
  if (given === UNKNOWN) return dependencies[name]?.length ? [UNKNOWN] : [];
  const { rule, rules } = knownObject([given].flat()[0]);
  return algorithmsIn(rule ?? rules);
}
