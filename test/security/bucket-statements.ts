import { exposedAdvice, exposedFact, type Exposure } from "../../provider/audience/exposure";

/** The account that owns every bucket of moto. */
export const own = "123456789012";
export const foreign = "999999999999";

/** The end of every message about an exposure. */
export const accept = 'or give the reason for this audience as acceptBucketAudience: "…"';

/** A statement that opens the exports of bucket `B`. */
export function statement(rest: object): object {
  return { Sid: "Open", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::B/*", ...rest };
}

/** A policy of these statements, as S3 returns it. */
export function policyOf(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** Exposures as a message has them. */
export function exposureText(...exposures: Exposure[]): string {
  return `${exposedFact(exposures)} — ${exposedAdvice(exposures)}`;
}
