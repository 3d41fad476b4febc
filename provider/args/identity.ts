import { compile } from "../query/compile";
import { contentDigest } from "./digest";
import type { ExportInputs } from "./schema";

/** What the digest of a definition covers in addition to the arguments. */
export interface DefinitionContext {
  /** Id of the Domo user whose token runs the export: row policies make the data depend on it. */
  userId: string;
  /** Digest of the row policies that apply to this user; `undefined` when Domo does not show them. */
  policies: string | undefined;
  /** Region of the bucket. */
  bucketRegion: string;
}

/** A definition's digest and the prefix that its exports write to. */
export interface Definition {
  digest: string;
  keyPrefix: string;
}

/**
 * Digest of everything that decides what the file holds and where it lies. It becomes the last component of the path
 * that Domo is given, because Domo's answers echo neither query nor path: a URL under this prefix is the only proof
 * that an export in Domo's list ran this definition.
 */
export function definitionOf(inputs: ExportInputs, context: DefinitionContext): Definition {
  const content = [
    inputs.instance,
    context.userId,
    context.policies ?? null,
    inputs.dataset,
    compile(inputs.query),
    inputs.includeBom,
    inputs.useCache,
    inputs.bucket,
    inputs.path,
    context.bucketRegion,
    inputs.kmsKeyId ?? null,
  ];
  const digest = contentDigest(content);
  return { digest, keyPrefix: `${inputs.path}/${digest}` };
}
