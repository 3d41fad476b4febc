import { styleText } from "node:util";

/** Sets parts of a text apart for a person at a terminal. */
export type Paint = Readonly<Record<"bold" | "dim" | "green" | "red" | "yellow", (text: string) => string>>;

/** Where a report goes, as far as colours are concerned. */
export interface Destination {
  /** Whether it is a terminal. */
  readonly terminal: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Whether a report has colours. `NO_COLOR` (https://no-color.org) wins, then `FORCE_COLOR`; without them a terminal has
 * colours unless it says that it is `dumb`. A CI system has no terminal, so its logs have none unless it sets `FORCE_COLOR`.
 */
export function hasColors({ terminal, env }: Destination): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return !["0", "false"].includes(env.FORCE_COLOR);
  return terminal && env.TERM !== "dumb";
}

/** Paints with the terminal's own colours, or leaves each text as it is. */
export function paintWith(colors: boolean): Paint {
  const style =
    (format: keyof Paint) =>
    (text: string): string =>
      colors && text !== "" ? styleText(format, text, { validateStream: false }) : text;
  return { bold: style("bold"), dim: style("dim"), green: style("green"), red: style("red"), yellow: style("yellow") };
}
