import type { LiveRow } from "../check";
import { type Answers, type QuestionId, questions } from "./questions";

/** The answers in the order of the questions. */
export function liveRows(answers: Answers): LiveRow[] {
  return (Object.keys(questions) as QuestionId[]).map((id) => ({ id, ...questions[id], ...answers[id] }));
}
