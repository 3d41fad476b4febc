import type { StatusWord } from "./answer-options";
import type { ExportOrder } from "./export-request";

/** A file of an export. */
export interface ExportedFile {
  readonly key: string;
  /** Domo's word. */
  readonly rows: number;
  /** Rows that are in the file; null when it was not written. */
  readonly written: number | null;
  readonly bytes: number;
  /** Whether a URL names it. */
  named: boolean;
}

/** All the emulator knows of an export: the truth that Domo's answers only partly tell. Holds no credentials. */
export interface ExportRecord {
  readonly exportId: string;
  readonly dataset: string;
  readonly userId: number;
  readonly order: ExportOrder;
  /** Version of the data that was exported. */
  readonly dataId: number;
  /** PDP policies that limited the rows; null when all rows were seen. */
  readonly policies: readonly string[] | null;
  /** Milliseconds on the emulator's clock. */
  readonly startedAt: number;
  finishedAt: number | null;
  status: StatusWord;
  /** The unknown word in which it ended or will end. */
  endWord: string | null;
  errorCode: string | null;
  message: string | null;
  readonly files: ExportedFile[];
  /** Whether the list still shows it. */
  listed: boolean;
  /** POSTs that were answered with this export, the one that started it included. */
  answers: number;
  /** Fields that replace those of the answer, set by a test. */
  answerFields: Readonly<Record<string, unknown>>;
}

/** Whether an export occupies its dataset's slot. */
export function isActive({ status }: ExportRecord): boolean {
  return status === "none" || status === "exporting";
}
