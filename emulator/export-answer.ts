import type { AnswerOptions } from "./answer-options";
import type { ExportedFile, ExportRecord } from "./export-record";
import { fileUrl, signedUrl } from "./file-url";
import { withQuotes } from "./quotes";
import type { EmulatorState } from "./state";

/** An export as Domo shows it: no path, query, region, user or dataset. */
export function exportAnswer(state: EmulatorState, record: ExportRecord): Record<string, unknown> {
  const { options } = state;
  const { exportId, order, errorCode, message, startedAt, finishedAt, files } = record;
  const signed = files.map(({ key }) => signedUrl(record, key));
  const quotable = { secrets: state.sentKeys.get(record) ?? [], signedUrl: signed[0] ?? signedUrl(record, exportId) };
  return {
    exportId,
    exportStatus: statusWord(state, record),
    exportFormat: "csv",
    compression: options.compression,
    bucket: order.bucket,
    ...timeField("started", startedAt, options.startedTimes, options.timeFormat),
    ...timeField("finished", finishedAt, options.finishedTimes, options.timeFormat),
    errorCode,
    message: withQuotes(message, quotable, options),
    ...urlMaps(state, record),
    ...record.answerFields,
  };
}

/** A time in one of the forms that callers have to read. */
function timeAnswer(ms: number, format: AnswerOptions["timeFormat"]): string | number {
  switch (format) {
    case "iso":
      return new Date(ms).toISOString();
    case "iso-without-zone":
      return new Date(ms).toISOString().slice(0, -1);
    case "iso-offset":
      return new Date(ms + 2 * 3_600_000).toISOString().replace("Z", "+02:00");
    case "epoch":
      return ms;
    case "epoch-text":
      return String(ms);
  }
}

function statusWord({ options, clock }: EmulatorState, { status, endWord, finishedAt }: ExportRecord): string {
  const { laterWord, statusWords } = options;
  const later = laterWord && finishedAt !== null && clock.now() - finishedAt >= laterWord.afterSeconds * 1000;
  if (later) return laterWord.word;
  return (finishedAt === null ? null : endWord) ?? statusWords[status] ?? status;
}

function timeField(
  name: string,
  ms: number | null,
  shown: AnswerOptions["startedTimes"],
  format: AnswerOptions["timeFormat"],
): Record<string, unknown> {
  if (shown === "absent") return {};
  return { [name]: shown === "null" || ms === null ? null : timeAnswer(ms, format) };
}

function urlMaps({ options, clock }: EmulatorState, record: ExportRecord): Record<string, unknown> {
  const { urlsLaterSeconds, urlMapLess } = options;
  const from = (record.finishedAt ?? Infinity) + urlsLaterSeconds * 1000;
  if (urlsLaterSeconds > 0 && clock.now() < from) {
    if (urlMapLess === "absent") return {};
    const nothing = urlMapLess === "null" ? null : {};
    return { urlRowCountMap: nothing, tempUrlRowCountMap: nothing };
  }
  const named = record.files.filter((file) => file.named);
  const counts = (url: (file: ExportedFile) => string) =>
    Object.fromEntries(named.map((file) => [url(file), file.rows]));
  return {
    urlRowCountMap: counts(({ key }) => fileUrl(record, key, options)),
    tempUrlRowCountMap: counts(({ key }) => signedUrl(record, key)),
  };
}
