import { setTimeout as sleep } from "node:timers/promises";
import type { FaultRule } from "./faults";
import type { RawAnswer } from "./http-io";

/** What a call gets when a fault has had its way with the real answer. */
export async function faultyAnswer(
  rule: FaultRule | undefined,
  real: () => Promise<RawAnswer>,
): Promise<RawAnswer | "reset" | "hang"> {
  if (!rule) return real();
  const { fault } = rule;
  switch (fault.kind) {
    case "delay":
      await sleep(fault.ms);
      return real();
    case "truncate": {
      const answer = await real();
      if (fault.abrupt) return { ...answer, pace: { end: "break", after: half(answer) } };
      return { ...answer, text: answer.text.slice(0, half(answer)) };
    }
    case "stall": {
      const answer = await real();
      return { ...answer, pace: { end: "stall", after: half(answer) } };
    }
    case "trickle": {
      const { bytes = 1, everyMs = 100 } = fault;
      return { ...(await real()), pace: { end: "late", bytes, everyMs } };
    }
    case "answer": {
      if (rule.takesEffect) await real();
      const { status, headers, body = "" } = fault;
      return { status, headers, text: typeof body === "string" ? body : JSON.stringify(body) };
    }
    case "reset":
    case "hang":
      if (rule.takesEffect) await real();
      return fault.kind;
  }
}

function half({ text }: RawAnswer): number {
  return Math.floor(text.length / 2);
}
