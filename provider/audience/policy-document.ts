import { z } from "zod";

const many = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const conditionValues = z.union([scalar, z.array(scalar)]).transform((value) => [value].flat());

const principals = z.strictObject({
  AWS: many.optional(),
  Service: many.optional(),
  Federated: many.optional(),
  CanonicalUser: many.optional(),
});
const everyone = z.literal("*").transform((): z.output<typeof principals> => ({ AWS: ["*"] }));

const statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(["Allow", "Deny"]),
  Principal: z.union([everyone, principals]).optional(),
  NotPrincipal: z.unknown().optional(),
  Action: many.optional(),
  NotAction: many.optional(),
  Resource: many.optional(),
  NotResource: many.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValues)).optional(),
});

const policy = z.object({ Statement: z.union([z.unknown().array(), z.record(z.string(), z.unknown())]) });

/** A statement of a bucket policy with every list spelled out. */
export type BucketStatement = z.output<typeof statement> & {
  /** The statement as S3 returned it. */
  readonly source: string;
  /** `"Sid"`, or its place where it has none. */
  readonly label: string;
};

/** The statements of a policy, or `undefined` for text that is not a policy as S3 accepts it. */
export function parseBucketPolicy(text: string): BucketStatement[] | undefined {
  const document = policy.safeParse(parseJson(text));
  if (!document.success) return undefined;
  const statements = [document.data.Statement].flat().map((raw, index) => {
    const { success, data } = statement.safeParse(raw);
    if (!success) return undefined;
    return { ...data, source: JSON.stringify(raw), label: data.Sid ? `"${data.Sid}"` : `number ${index + 1}` };
  });
  return statements.every((parsed) => parsed !== undefined) ? statements : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
