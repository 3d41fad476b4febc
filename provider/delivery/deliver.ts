import { writeCredentials } from "./write-credentials";
import { isTerminal, type DomoExport } from "../domo/answers";
import type { DomoReply } from "../domo/request";
import { ExportFailedError, LostAnswerError, PreflightError } from "../errors";
import { activeExport, findOwn, reportedFiles, whyForeign } from "./provenance";
import { preflight } from "./preflight";
import { fault, known, settle, settleOwn, takeBack, type Delivery, type Turn } from "./settle";
import { startExport } from "./start-export";
import type { DeliveredExport } from "../state/export-state";
import { waitForEnd } from "../domo/wait-for-end";

/** Exports of others that may come between before it looks as if Domo never runs ours. */
const MAX_ROUNDS = 5;
const BUSY_PAUSE_MS = 2_000;
const GOES_ON =
  "the export goes on at Domo and the next pulumi up looks for it; raise timeoutSeconds if it always takes this long";

/**
 * Brings the declared data into S3 and proves that it is there: looks for an export of this definition that an earlier
 * run left, otherwise starts one, waits, and verifies the objects. Waits for its turn in this process first; the time
 * limit counts from there.
 */
export async function deliver(delivery: Delivery): Promise<DeliveredExport> {
  const { services, report, inputs } = delivery;
  const name = inputs.resourceUrn ?? `${inputs.bucket}/${inputs.path}`;
  const turn = services.queue(inputs.dataset)(name, ([first, ...others]) =>
    report.progress(
      `waits for ${nameOf(first)}${others.length > 0 ? ` and ${others.length} more` : ""}: ` +
        "Domo runs one export of a dataset at a time",
    ),
  );
  try {
    const checked = await preflight(services, report, inputs);
    await turn;
    return await takeTurn({ ...delivery, ...checked, deadline: services.clock.now() + inputs.timeoutSeconds * 1000 });
  } finally {
    void turn.then((endTurn) => endTurn());
  }
}

async function takeTurn(turn: Turn): Promise<DeliveredExport> {
  const { services, report, inputs, previous } = turn;
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const reply = await freeSlot(turn);
    const own = findOwn(reply.value, { bucket: inputs.bucket, definition: turn.definition, previous });
    if (own && (await isFresh(turn, own))) {
      const reused = await settleOwn(turn, own, reply);
      if (reused) return reused;
    }
    report.progress("starting the export");
    const { credentials, s3Time } = await writeCredentials(services, report, turn);
    await turn.stillWanted();
    const outcome = await startExport(services, {
      ...turn,
      credentials,
      before: new Set(reply.value.map(({ exportId }) => exportId)),
      listedAt: reply.domoTime,
      onSend: () => turn.onPosted(known(turn, { status: "unknown" })),
    });
    if (outcome.kind === "lost") throw lostAnswer(outcome);
    if (outcome.kind === "refused") {
      turn.onPosted(undefined);
      throw outcome.error;
    }
    if (outcome.kind === "handed-back") {
      turn.onPosted(undefined);
      if (isTerminal(outcome.entry.status)) return takeBack(turn, outcome.entry, reply);
    }
    if (outcome.kind === "started") {
      const delivered = await follow(turn, outcome.entry, s3Time);
      if (delivered) return delivered;
    }
    turn.onPosted(undefined);
    report.progress(`the slot of dataset ${inputs.dataset} was taken by another export; trying again`);
    await services.clock.sleep(BUSY_PAUSE_MS, turn.signal);
  }
  throw new PreflightError(
    `dataset ${inputs.dataset}: ${MAX_ROUNDS} times another export took the dataset's only slot — nothing was started; ` +
      "run again when the other exports of this dataset are done",
  );
}

/** Waits until no export of the dataset is running, whoever started it. */
async function freeSlot(turn: Turn): Promise<DomoReply<DomoExport[]>> {
  const { services, report, inputs, previous, signal } = turn;
  for (;;) {
    const reply = await services.domo.listExports(inputs.dataset, signal);
    const active = activeExport(reply.value, previous);
    if (!active) return reply;
    const isOwn = active.exportId === previous?.exportId;
    const whose = isOwn ? "this resource's own" : "another stack's or person's";
    await waitForEnd({
      ...waiting(turn, active, reply.value),
      alreadyMs: active.started === undefined ? 0 : Math.max(0, reply.domoTime - Date.parse(active.started)),
      onPoll: ({ status, elapsedMs }) =>
        report.progress(
          `waits for ${whose} export ${active.exportId} of the dataset: ${status}, ${seconds(elapsedMs)}`,
        ),
      advice: isOwn
        ? GOES_ON
        : "another export holds the dataset's only slot and nothing was started; run again later or raise timeoutSeconds",
    });
  }
}

/** Follows the export that the POST answered with; `undefined` when it turns out to be somebody else's. */
async function follow(turn: Turn, entry: DomoExport, s3Time: number): Promise<DeliveredExport | undefined> {
  const { services, report, inputs } = turn;
  turn.onPosted(known(turn, { status: "exporting", entry }));
  let ended = entry;
  if (!isTerminal(entry.status)) {
    const reply = await services.domo.listExports(inputs.dataset, turn.signal);
    ({ ended } = await waitForEnd({
      ...waiting(turn, entry, reply.value),
      onPoll: ({ status, polls, elapsedMs }) => report.progress(`${status}, ${seconds(elapsedMs)}, ${polls} polls`),
      advice: GOES_ON,
    }));
  }
  if (ended.bucket !== undefined && ended.bucket !== inputs.bucket) return undefined;
  if (ended.status === "error") {
    turn.onPosted(known(turn, { status: "error", entry: ended }));
    throw new ExportFailedError(
      `Export ${ended.exportId} failed at Domo: ${fault(ended)} — mend that and run pulumi up again`,
      ended.exportId,
    );
  }
  const isReadable = reportedFiles(ended, inputs.bucket).every(({ file }) => file);
  if (isReadable && whyForeign(ended, inputs.bucket, turn.definition)) return undefined;
  return settle(turn, ended, { origin: "created", window: { notBefore: s3Time } });
}

async function isFresh({ services, inputs }: Turn, { started }: DomoExport): Promise<boolean> {
  const { dataUpdated } = await services.fresh.dataset(inputs.dataset);
  return dataUpdated === undefined || (started !== undefined && Date.parse(started) >= Date.parse(dataUpdated));
}

function waiting({ services, deadline, inputs, signal }: Turn, entry: DomoExport, listed: DomoExport[]) {
  return {
    clock: services.clock,
    poll: async () => (await services.domo.pollExports(inputs.dataset, signal)).value,
    exportId: entry.exportId,
    deadline,
    listed,
    signal,
  };
}

function lostAnswer({ error, listError }: { error: Error; listError?: Error }): LostAnswerError {
  const list = listError ? `can't be read either (${listError.message})` : "shows no new export";
  return new LostAnswerError(
    `${error.message}; Domo's list ${list}, but one may still have been started — ` +
      "run pulumi up again: it looks for it before it starts another",
    { cause: error },
  );
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}

function nameOf(urn = ""): string {
  return urn.split("::").at(-1) ?? urn;
}
