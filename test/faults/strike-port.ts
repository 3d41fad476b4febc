import type { FaultProxy } from "../../local/fault-proxy";
import type { Cell } from "./cell";
import type { Strike, StrikeMaker, When } from "./row";
import { together, withoutObjects } from "./strike";
import { onVerification } from "./strike-aws";

/** Closes Domo's port; `once` opens it again a moment later. */
async function shut({ domo }: Cell, when: When): Promise<() => Promise<void>> {
  await domo.shut();
  if (when === "once") setTimeout(() => void domo.open(), 300);
  return () => domo.open();
}

/** Closes the port when a request comes by, and before it goes on. */
function shutBefore(when: When, { through, method, part, skip = 0 }: Passing): Strike {
  return {
    begin: (cell) => {
      let left = skip;
      const undo = through(cell).add({
        match: (request) => request.method === method && request.url.includes(part(cell)) && left-- <= 0,
        times: 1,
        before: () => shut(cell, when),
      });
      return Promise.resolve(async () => {
        undo();
        await cell.domo.open();
      });
    },
  };
}

/** A request that comes by one of the proxies. */
interface Passing {
  through: (cell: Cell) => FaultProxy;
  method: string;
  part: (cell: Cell) => string;
  skip?: number;
}

const exportList: Passing = { through: ({ domo }) => domo, method: "GET", part: () => "/v1/export/" };
/** The last request before the POST: the probe of the write is taken back. */
const probeEnds: Passing = {
  through: ({ aws }) => aws,
  method: "DELETE",
  part: ({ bucket }) => `/${bucket}/exports`,
};

export const connectionRefused: StrikeMaker = (phase, when): Record<string, Strike> => {
  switch (phase) {
    case "preflight":
      return {
        "from the start": { begin: (cell) => shut(cell, when) },
        "from the list on": shutBefore(when, exportList),
      };
    case "POST":
      return { "from the POST on": shutBefore(when, probeEnds) };
    case "poll":
      return { "after the POST": shutBefore(when, { ...exportList, skip: 1 }) };
    case "verify":
      return { "from the proof on": { begin: (cell) => onVerification(cell, () => shut(cell, when)) } };
    case "read":
      return {
        "from the start": { begin: (cell) => shut(cell, when) },
        "the list, no object left": { begin: together(withoutObjects, shutBefore(when, exportList).begin) },
      };
    case "delete":
      return { "from the start": { begin: (cell) => shut(cell, when) } };
  }
};
