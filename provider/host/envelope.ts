import { hideTree, plainTree } from "./hidden-tree";
import type { Host } from "./settings";

/** What the dynamic shell adds to arguments and state. It is taken off and put on again at the edge, and nowhere else. */
export interface Envelope {
  /** The serialised provider, which the engine runs. */
  __provider?: unknown;
  /** The resource's URN, which the engine does not give to a dynamic provider. */
  resourceUrn?: string;
  /** Set in previews, for `check` only. */
  dryRun?: boolean;
}

/** What was in the envelope, with what the shell knows. */
export interface Opened<Content> {
  host: Host;
  content: Content;
  /** What goes back with inputs. */
  address: Pick<Envelope, "resourceUrn">;
  /** Puts what state has to keep around a result. */
  seal: <Result extends object>(result: Result) => Result & Envelope;
}

/** Takes the envelope off. */
export function open<Content extends object>(host: Host, sealed: Content & Envelope): Opened<Content> {
  const { __provider, resourceUrn, dryRun, ...content } = sealed;
  const address = resourceUrn === undefined ? {} : { resourceUrn };
  return {
    host: { ...host, urn: known(resourceUrn), preview: dryRun === true },
    content: plainTree(content) as unknown as Content,
    address,
    seal: (result) => ({ ...hideTree(result), ...address, ...(__provider !== undefined && { __provider }) }),
  };
}

function known(urn: unknown): string | undefined {
  return typeof urn === "string" && urn.startsWith("urn:") ? urn : undefined;
}
