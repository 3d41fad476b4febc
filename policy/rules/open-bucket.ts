import { knownText } from "../plain";
import { flag, quoted, type ResourceView, type StackRule, type StackView, textList } from "../rule";
import { bucketLabel, bucketOf, partsOf } from "../stack-view";
import { bucketFacts } from "../bucket-facts";
import { bucketExposures } from "../../provider/audience/bucket-exposures";
import { exposedAdvice, exposedFact } from "../../provider/audience/exposure";
import { ownAccountsOf } from "../../provider/aws/arn";

/** Parameters of {@link openBucket}. */
export interface OpenBucketConfig {
  requirePublicAccessBlock: boolean;
  ownAccounts: string[];
}

const SWITCHES = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

/** The bucket of an export, where the stack declares it, is open to nobody else: judged as the provider's preflight does. */
export const openBucket: StackRule<OpenBucketConfig> = {
  name: "open-bucket",
  description: "An export's bucket is closed to others.",
  enforcementLevel: "mandatory",
  severity: "critical",
  parameters: {
    requirePublicAccessBlock: flag(
      "Whether the bucket must declare a public access block with all four switches.",
      true,
    ),
    ownAccounts: textList(
      "AWS accounts that may read, 12 digits each. The role's own may too, as soon as it is known.",
      [],
      { pattern: "^\\d{12}$" },
    ),
  },
  checkStack: (view, config) =>
    view.exports.flatMap((exported) => {
      const bucket = bucketOf(view, exported);
      if (bucket === undefined || exported.props.acceptBucketAudience !== undefined) return [];
      return [
        ...(config.requirePublicAccessBlock ? blockFaults(view, bucket) : []),
        ...exposures(view, { exported, bucket, config }),
      ].map((message) => ({ urn: exported.urn, message }));
    }),
};

function blockFaults(view: StackView, bucket: ResourceView): string[] {
  const label = quoted(bucketLabel(bucket));
  const [block] = partsOf(view, bucket, "BucketPublicAccessBlock");
  if (block === undefined)
    return [
      `bucket ${label} declares no public access block — add an aws.s3.BucketPublicAccessBlock with all four switches on`,
    ];
  const off = SWITCHES.filter((name) => block.props[name] === false || block.props[name] === undefined);
  return off.length === 0
    ? []
    : [`bucket ${label} has a public access block without ${off.map(quoted).join(", ")} — switch all four on`];
}

function exposures(
  view: StackView,
  { exported, bucket, config }: { exported: ResourceView; bucket: ResourceView; config: OpenBucketConfig },
): string[] {
  const roleArn = knownText(exported.props.roleArn);
  const expectedBucketOwner = knownText(exported.props.expectedBucketOwner);
  const known = [...new Set([...ownAccountsOf({ roleArn, expectedBucketOwner }), ...config.ownAccounts])];
  const context = { bucket: bucketLabel(bucket), ownAccounts: known, prefix: knownText(exported.props.path) };
  const facts = bucketFacts(view, bucket, context);
  // Without any account nobody can say whose accounts a policy names: each may be the own, and `up` knows the role.
  const ownAccounts = known.length > 0 ? known : (facts.policy?.match(/\b\d{12}\b/g) ?? []);
  return bucketExposures(facts, { ...context, ownAccounts }).map(
    (exposure) => `${exposedFact([exposure])} — ${exposedAdvice([exposure])}`,
  );
}
