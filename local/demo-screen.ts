import type { ObjectView } from "./bucket-view";
import type { LocalCloud } from "./cloud";

const colored = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => (colored ? `\u001b[${code}m${text}\u001b[0m` : text);
const bold = paint(1);
const dim = paint(2);
const green = paint(32);
const red = paint(31);

/** A finished step, for the summary. */
export interface StepResult {
  readonly title: string;
  readonly seconds: number;
  readonly ok: boolean;
}

/** Writes the demo's own lines; the engine writes its own between them. */
export const screen = {
  line(text = ""): void {
    process.stdout.write(`${text}\n`);
  },

  step(number: number, title: string): void {
    screen.line(`\n${bold(`${number}. ${title}`)}`);
  },

  note(text: string): void {
    screen.line(`   ${text}`);
  },

  command(text: string): void {
    screen.line(`   ${dim("$")} ${text}\n`);
  },

  cast({ engine, moto, emulator }: LocalCloud, awsPackage: string): void {
    screen.line(bold("\nWhat is real and what stands in"));
    const rows = [
      ["Pulumi engine", "real", `${engine.version}, ${engine.origin}`],
      ["Domo provider", "real", "this package, in the process that the engine starts for it"],
      ["@pulumi/aws", "real", `${awsPackage}; the plugin behind it is a stand-in for the few types used here`],
      ["S3, IAM, STS", "stand-in", `moto at ${moto.endpoint}, which checks signatures and policies`],
      ["Domo", "stand-in", `emulator at ${emulator.url}, which runs the query and writes with the keys that it gets`],
    ] as const;
    for (const [name, kind, text] of rows) screen.note(`${name.padEnd(14)} ${kind.padEnd(9)} ${dim(text)}`);
  },

  objects(bucket: string, objects: readonly ObjectView[]): void {
    if (objects.length === 0) screen.note(`s3://${bucket} is empty`);
    for (const { key, bytes, rows, firstLines } of objects) {
      const count = (value: number) => value.toLocaleString("en-US");
      screen.note(`${bold(`s3://${bucket}/${key}`)}`);
      screen.note(`${count(bytes)} bytes, ${count(rows)} rows`);
      for (const text of firstLines) screen.note(dim(`| ${text}`));
    }
  },

  summary(results: readonly StepResult[]): void {
    screen.line(bold("\nSummary"));
    for (const { title, seconds, ok } of results) {
      screen.note(`${ok ? green("✓") : red("✗")} ${title.padEnd(64)} ${dim(`${seconds.toFixed(1)} s`)}`);
    }
  },

  failure(text: string): void {
    process.stderr.write(`\n${red("Failed:")} ${text}\n`);
  },
};
