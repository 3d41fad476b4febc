import { eq, select } from "../../provider/query/build/builder";
import type { ExportState } from "../../provider/state/export-state";
import type { History, Quirks } from "./history";
import { type Ground, ROLE, type World } from "./world";

/** What the histories of one run came to. */
export interface Figures {
  histories: number;
  ups: number;
  delivered: number;
  /** Deliveries whose content was compared: the Domo of all others tells nobody that it lacks rows. */
  compared: number;
  refused: number;
  unfinished: number;
  killed: number;
  exports: number;
}

/** One of the two stacks: its program, and the state that it last saved. */
export interface Stack {
  name: string;
  urn: string;
  region: string | undefined;
  trigger: number;
  adopt?: string;
  state?: ExportState;
  /** The program, as text, of which state holds the export. */
  delivered?: string;
}

/** A history that is happening. */
export interface Run {
  ground: Ground;
  world: World;
  history: History;
  figures: Figures;
  /** Quirks in force. */
  quirks: Quirks;
  /** All that were in force since the beginning. */
  seen: Quirks[];
  /** Quirks that were in force while an export ran, by its id. */
  ranUnder: Map<string, Quirks[]>;
  /** Whether an export may be there that no state has seen: its run was killed, or its resource destroyed while it ran. */
  hasOrphans: boolean;
  /** Entries that stand in the list until the recovery. */
  entries: number[];
  /** Exports that Domo shows as running until the recovery. */
  lost: string[];
  patienceSeconds: number;
}

function queryOf(region: string | undefined): unknown {
  const all = select("Order ID", "Sales");
  return JSON.parse(JSON.stringify(region === undefined ? all : all.where(eq("Region", region)))) as unknown;
}

/** The arguments of a stack's resource. */
export function argsOf({ world, history, patienceSeconds }: Run, stack: Stack): Record<string, unknown> {
  return {
    dataset: world.dataset,
    query: queryOf(stack.region),
    bucket: world.bucket,
    path: `exports/${stack.name}`,
    ...(history.hasRole ? { roleArn: ROLE } : { allowLongLivedCredentials: true }),
    ...(stack.adopt !== undefined && { adopt: stack.adopt }),
    verify: history.verify,
    countRows: history.countRows,
    onNewData: history.onNewData,
    deleteObjects: history.deleteObjects,
    // MinIO does not have all of the settings that decide a bucket's audience.
    preflight: "warn",
    timeoutSeconds: patienceSeconds,
    triggers: stack.trigger,
    resourceUrn: stack.urn,
  };
}
