import { answerRows } from "./rows-answers";
import { awsRows } from "./rows-aws";
import { factRows } from "./rows-facts";
import { fileRows } from "./rows-files";
import { listRows, longListRows } from "./rows-list";
import { spellingRows } from "./rows-spelling";
import { wordRows } from "./rows-words";
import type { Row } from "./row";

/** The fault matrix, by topic. */
export const matrix: Readonly<Record<string, readonly Row[]>> = {
  "Requests to Domo": answerRows,
  "Words and ends": wordRows,
  "Lists of exports": [...listRows, ...longListRows],
  Files: fileRows,
  "Row policies, and secrets that Domo quotes": factRows,
  "Spellings, all of which are read": spellingRows,
  "S3 and STS": awsRows,
};

/** Its rows. */
export const allRows: readonly Row[] = Object.values(matrix).flat();
