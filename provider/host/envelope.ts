import { hideTree, plainTree } from "./hidden-tree";
import { secretTextsOf } from "./secret-faults";
import type { Host } from "./settings";

/** What the dynamic shell adds to arguments and state. It is taken off and put on again at the edge, and nowhere else. */
export interface Envelope {
  /** The serialised provider, which the engine runs. */
  __provider?: unknown;
  /** The resource's URN, which the engine does not give to a dynamic provider. */
  resourceUrn?: string;
  /** Set in previews, for `check` only. */
  dryRun?: boolean;
  /** Names of arguments that are secret, which the engine does not give to a dynamic provider; absent where none is. */
  __secretArguments?: readonly string[];
}

/** What was in the envelope, with what the shell knows. */
export interface Opened<Content> {
  host: Host;
  content: Content;
  /** What goes back with inputs. */
  address: Pick<Envelope, "resourceUrn" | "__secretArguments">;
  /** Puts what state has to keep around a result. */
  seal: <Result extends object>(result: Result) => Result & Envelope;
}

/** Takes the envelope off. */
export function open<Content extends object>(host: Host, sealed: Content & Envelope): Opened<Content> {
  const { __provider, resourceUrn, dryRun, __secretArguments, ...rest } = sealed;
  const content = plainTree(rest) as unknown as Content;
  const address = {
    ...(resourceUrn !== undefined && { resourceUrn }),
    ...(__secretArguments && { __secretArguments }),
  };
  const secretTexts = secretTextsOf(content, __secretArguments ?? []);
  return {
    host: { ...host, urn: known(resourceUrn), preview: dryRun === true, secretTexts },
    content,
    address,
    seal: (result) => ({ ...hideTree(result), ...address, ...(__provider !== undefined && { __provider }) }),
  };
}

function known(urn: unknown): string | undefined {
  return typeof urn === "string" && urn.startsWith("urn:") ? urn : undefined;
}
