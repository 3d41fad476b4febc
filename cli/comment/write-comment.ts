import { readFileSync, statSync } from "node:fs";
import { plain } from "../markdown";
import { renderBounded } from "../review/bounded";
import { type Report, reportSchema } from "../review/report";
import { writeReport } from "../write-report";
import type { CommentOptions } from "./command";

/** A larger file is no report, whatever wrote it. */
const LARGEST = 256 * 1024 * 1024;

/** Writes a report as a comment. The report may come from code that is not trusted: it is data and nothing else. */
export function writeComment(file: string, { link, fork, marker, limit, output }: CommentOptions): void {
  const report = readReport(file);
  const intro = [
    ...(marker === undefined ? [] : [`<!-- ${marker.replace(/[^\w .:/-]/g, "")} -->`]),
    ...(fork === undefined || fork === ""
      ? []
      : [`> Made by the code of the fork ${plain(fork)}: read its changes before you trust this report.`]),
  ].join("\n\n");
  writeReport(renderBounded(report, { limit, link: link && address(link), intro: intro || undefined }), output);
}

function readReport(file: string): Report {
  const read = `reading the report "${file}"`;
  const advice = 'give a file that "review --format json" has written, by the same version of this package';
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? {};
  if (size === undefined) throw new Error(`${read}: there is no such file — ${advice}`);
  if (size > LARGEST) throw new Error(`${read}: it has ${size} bytes — ${advice}`);
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`${read}: it has not the form of a report — ${advice}`, { cause: error });
  }
}

function address(link: string): string {
  const { protocol, href } = new URL(link);
  if (protocol !== "https:" && protocol !== "http:") throw new Error(`--link "${link}" is not an address of the web`);
  return href.replaceAll("(", "%28").replaceAll(")", "%29");
}
