import { expect, test } from "vitest";
import { unfinished, type Attempt } from "../../provider/delivery/attempt";
import type { Plan } from "../../provider/delivery/order";
import { listedExport } from "../support/listed-export";

const pdp = { enabled: true, policies: ["West"], digest: "p" };
const plan: Plan = {
  place: { bucket: "b", region: "eu-west-3" },
  definition: { digest: "d", keyPrefix: "exports/d" },
  pdp,
  acceptedExposures: ["x"],
};
const planned = {
  definition: "d",
  keyPrefix: "exports/d",
  bucketRegion: "eu-west-3",
  pdp,
  acceptedExposures: ["x"],
  files: [],
  drift: [],
};
const entry = listedExport({
  exportId: "E",
  started: "2026-01-01T10:00:00.000Z",
  finished: "2026-01-01T10:01:00.000Z",
});
const ofEntry = { exportId: "E", startedAt: entry.started, finishedAt: entry.finished };
const object = { key: "exports/d/E/x.csv", rows: 3 };
const cause = new Error("it failed");

test.each<[Attempt, object]>([
  [{ stage: "may have started" }, { exportStatus: "unknown" }],
  [
    { stage: "running", entry },
    { exportStatus: "exporting", ...ofEntry },
  ],
  [
    { stage: "failed", entry },
    { exportStatus: "error", ...ofEntry },
  ],
  [
    { stage: "unverified", entry, objects: [] },
    { exportStatus: "unverified", ...ofEntry },
  ],
  [
    { stage: "unverified", entry, objects: [object] },
    { exportStatus: "unverified", ...ofEntry, unverifiedKeys: [object.key] },
  ],
])("of an attempt %j, state records what is known and nothing else", (attempt, known) => {
  expect(unfinished(plan, attempt, cause)).toStrictEqual({
    kind: "unfinished",
    recorded: { ...planned, ...known },
    cause,
  });
});
