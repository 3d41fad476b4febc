import { LostAnswerError, PreflightError } from "../errors";
import { unlessAborted } from "../host/abort";
import { shortName } from "../host/urn";
import { unfinished } from "./attempt";
import { conclude } from "./conclude";
import { countBefore } from "./count-query";
import { earlierExport } from "./earlier-export";
import { freeSlot } from "./free-slot";
import type { CountBefore, Delivery, Order, Posted } from "./order";
import { post } from "./post";
import { preflight } from "./preflight";
import { queueRow, startsAgainRow } from "./row";

/** Exports of others that may come between before it looks as if Domo never runs ours. */
const MAX_ROUNDS = 5;
const ROUND_PAUSE_MS = 2_000;

/**
 * Brings the declared data into S3 and proves that it is there: looks for an export of this definition that an earlier
 * run left, otherwise starts one, waits, and verifies the objects. Waits for its turn in this process first; the time
 * limit counts from there. Throws when nothing was started.
 */
export async function deliver(order: Order): Promise<Delivery> {
  const turn = takeTurn(order);
  try {
    await preflight(order);
    await unlessAborted(turn, order.signal);
    return await inTurn(order);
  } finally {
    void turn.then((endTurn) => endTurn());
  }
}

async function inTurn(order: Order): Promise<Delivery> {
  const { services, report, inputs, signal } = order;
  const start = services.clock.now();
  const limitMs = inputs.timeoutSeconds * 1000;
  const latest = start + limitMs;
  let asksDomo = !order.patient;
  let before: ReadonlySet<string> | undefined;
  let counted: CountBefore | undefined;
  let posted: Posted | undefined;
  const rejected = new Set<string>();
  const reasons = new Set<string>();
  for (let round = 1; round <= MAX_ROUNDS; round++) {
    const list = await freeSlot(order, { start, deadline: latest, asksDomo });
    // Where one of ours that never ends has used the time up, what is started in its place has its own.
    const now = services.clock.now();
    const deadline = now < latest ? latest : now + limitMs;
    before ??= new Set(list.value.map(({ exportId }) => exportId));
    const plan = await preflight(order);
    try {
      counted = await countBefore(order, plan, counted);
    } catch (cause) {
      if (!posted) throw cause;
      return unfinished(plan, { stage: "may have started" }, cause as Error);
    }
    const slot = { list, deadline, before, counted, rejected, posted };
    const found = (await earlierExport(order, plan, slot)) ?? (await post(order, plan, slot));
    const result = found.kind === "candidate" ? await conclude(order, plan, found) : found;
    if (result.kind !== "another round") return result;
    if (result.rejected !== undefined) rejected.add(result.rejected);
    if (result.isBusy) asksDomo = false;
    reasons.add(result.why);
    if (result.posted && posted) {
      const fact = `${result.why}, for the second time, and one of ours may have been started`;
      const advice = "run pulumi up again: it looks for it before it starts another";
      return unfinished(plan, { stage: "may have started" }, new LostAnswerError(fact, { advice }));
    }
    posted ??= result.posted;
    if (round < MAX_ROUNDS) report.progress(startsAgainRow(round + 1, MAX_ROUNDS));
    await services.clock.sleep(ROUND_PAUSE_MS, signal);
  }
  throw new PreflightError(
    `dataset ${inputs.dataset}: none of ${MAX_ROUNDS} attempts led to an export of ours: ${[...reasons].join("; ")}`,
    { advice: "run pulumi up again when the other exports of this dataset are done" },
  );
}

function takeTurn({ services, report, inputs, name }: Order): Promise<() => void> {
  return services.queue(inputs.dataset)(name, ([first = "", ...others]) => {
    report.progress(queueRow(shortName(first), others.length));
  });
}
