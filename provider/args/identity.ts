import { createHash } from "node:crypto";
import { compile } from "../query/compile";
import type { ExportInputs } from "./schema";

/** What the digest of a definition covers beside the arguments. */
export interface DefinitionContext {
  /** Origin of the Domo instance, such as `https://acme.domo.com`. */
  origin: string;
  /** Id of the Domo user whose token runs the export: row policies make the data depend on it. */
  userId: string;
  /** Region of the bucket. */
  region: string;
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
    context.origin,
    context.userId,
    inputs.dataset,
    compile(inputs.query),
    inputs.includeBom,
    inputs.useCache,
    inputs.bucket,
    inputs.path,
    context.region,
    inputs.kmsKeyId ?? null,
  ];
  const digest = createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 12);
  return { digest, keyPrefix: `${inputs.path}/${digest}` };
}
