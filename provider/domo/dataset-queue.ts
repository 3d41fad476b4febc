import type { Clock } from "../host/clock";

/** Waits for one's turn; the function that it returns ends the turn. */
export type TakeTurn = (name: string, onWait: (before: string[]) => void) => Promise<() => void>;

/** How long the first arrivals are gathered, so that their order is by name and not by chance. */
const GATHER_MS = 50;

/**
 * A queue for the exports of one dataset within this process: Domo runs one at a time. Those that wait are served in
 * the order of their names, whatever order the engine started them in.
 */
export function createDatasetQueue(clock: Clock): TakeTurn {
  interface Waiter {
    name: string;
    onWait: (before: string[]) => void;
    start: () => void;
  }
  const waiting: Waiter[] = [];
  let current: string | undefined;
  let gathering = false;

  function tell(running: string): void {
    waiting.forEach(({ onWait }, index) => onWait([running, ...waiting.slice(0, index).map(({ name }) => name)]));
  }

  function serve(): void {
    const next = waiting.shift();
    current = next?.name;
    if (!next) return;
    next.start();
    tell(next.name);
  }

  return async (name, onWait) => {
    const turn = new Promise<void>((start) => {
      waiting.push({ name, onWait, start });
      waiting.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
    });
    if (current !== undefined) {
      tell(current);
    } else if (!gathering) {
      gathering = true;
      await clock.sleep(GATHER_MS);
      gathering = false;
      serve();
    }
    await turn;
    return serve;
  };
}
