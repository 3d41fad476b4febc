import type { DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { LostAnswerError } from "../errors";
import type { Order, StartOutcome } from "./order";

/** How often, and how far apart, the list is read for an export whose answer was lost. */
const LOST_POLLS = 6;
const LOST_PAUSE_MS = 2_000;

/** An answer was lost: the list shows whether the POST has started something. */
export async function recoverLost(
  { services: { clock }, signal }: Order,
  cause: Error,
  newEntries: () => Promise<DomoReply<DomoExport[]>>,
): Promise<StartOutcome> {
  const sentBy = clock.now();
  const lost = (list: string): StartOutcome => ({
    kind: "lost",
    error: new LostAnswerError(`${cause.message}; Domo's list ${list}, but one may still have been started`, {
      advice: "run pulumi up again: it looks for it before it starts another",
      cause,
    }),
  });
  try {
    for (let poll = 1; poll <= LOST_POLLS && !signal?.aborted; poll++) {
      const { value, domoTime } = await newEntries();
      if (value[0])
        return { kind: "started", entry: value[0], postedAt: domoTime - (clock.now() - sentBy) - LOST_PAUSE_MS };
      await clock.sleep(LOST_PAUSE_MS, signal);
    }
    return lost("shows no new export");
  } catch (error) {
    return lost(`can't be read either (${(error as Error).message})`);
  }
}
