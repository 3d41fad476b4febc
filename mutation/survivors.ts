import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../local/paths";
import type { Mutant } from "./mutants";

/** A mutant that no test can or need notice. Lines change, so it is found by its function and its text. */
export interface NamedSurvivor extends Pick<Mutant, "within" | "original" | "mutant"> {
  readonly file: string;
  /** Why it may live: what it changes nobody can see, or need see. */
  readonly reason: string;
}

/** The checked-in list. */
export function readNamedSurvivors(): NamedSurvivor[] {
  const path = join(projectRoot, "mutation/survivors.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as NamedSurvivor[]) : [];
}

/** Whether an entry of the list is this mutant. How the code is laid out makes no difference. */
export function isNamed(entry: Omit<NamedSurvivor, "reason">, file: string, mutant: Mutant): boolean {
  const same = (key: "original" | "mutant") => oneLine(entry[key]) === oneLine(mutant[key]);
  return entry.file === file && entry.within === mutant.within && same("original") && same("mutant");
}

/** A text without its line breaks and indentation. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
