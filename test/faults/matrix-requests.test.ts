import { answerRows } from "./rows-answers";
import { testRows } from "./run-rows";

testRows(answerRows);
