import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** All spellings in which a secret may lie in a text: plain, escaped, encoded, and base64 wherever it starts. */
export function spellings(secret: string): Map<string, string> {
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const shifted = [0, 1, 2].map((shift) => base64Inside(secret, shift));
  return new Map([
    ["plain", secret],
    ["JSON", json(secret)],
    ["JSON twice", json(json(secret))],
    ["URL", encodeURIComponent(secret)],
    ["form", new URLSearchParams({ s: secret }).toString().slice(2)],
    ["hex", Buffer.from(secret).toString("hex")],
    ...shifted.map((text, shift): [string, string] => [`base64 at ${shift}`, text]),
    ...shifted.map((text, shift): [string, string] => [
      `base64url at ${shift}`,
      text.replaceAll("+", "-").replaceAll("/", "_"),
    ]),
  ]);
}

/** The part of a longer text's base64 that depends on the secret alone, when it starts `shift` bytes into a group. */
function base64Inside(secret: string, shift: number): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
  return bytes.toString("base64").slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6));
}

/** One secret found where none should be. */
export type Leak = `${string} (${string}) in ${string}`;

/** Looks for every spelling of every secret in every place; both are given by name. */
export function findSecrets(secrets: ReadonlyMap<string, string>, places: ReadonlyMap<string, string>): Leak[] {
  return [...secrets].flatMap(([name, secret]) =>
    [...spellings(secret)].flatMap(([spelling, text]) =>
      [...places]
        .filter(([, content]) => content.includes(text))
        .map(([place]): Leak => `${name} (${spelling}) in ${place}`),
    ),
  );
}

/** The content of all files below a folder, by path. */
export function filesBelow(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    entries.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "latin1")]),
  );
}

/** Watches the arguments of all processes of this machine until it is stopped, and returns all that were seen. */
export function watchProcesses(): () => string[] {
  const seen = new Set<string>();
  const timer = setInterval(() => processArguments().forEach((line) => seen.add(line)), 100);
  return () => {
    clearInterval(timer);
    return [...seen];
  };
}

function processArguments(): string[] {
  if (!existsSync("/proc/self/cmdline")) return execFileSync("ps", ["-Aww", "-o", "args="]).toString().split("\n");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((id) => {
      try {
        return [readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ")];
      } catch {
        return []; // it has ended since
      }
    });
}
