import type { Host as LifecycleHost } from "../provider/host/settings";

/** What this shell knows of one call's surroundings. */
export interface Host extends LifecycleHost {
  /** URN of the resource. */
  urn: string;
  /** Whether nothing may be changed. */
  preview?: boolean;
}
