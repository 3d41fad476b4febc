/** Keeps what was passed on to Domo out of the texts that come back. */
export interface SecretGuard {
  /** Takes in secrets that are about to be sent. Short ones are never found: hiding them would garble every text. */
  remember: (...secrets: unknown[]) => void;
  /**
   * A text with every secret in it replaced, or a value with every secret in its free texts replaced. What identifies
   * something (ids, names, buckets, URLs) stays as it is: it is compared, and a text that was cut there compares wrongly.
   */
  hide: (value: unknown) => unknown;
}

const HIDDEN = "(hidden)";
/** So many characters of a secret in a row are hidden, so that a quote that was cut short gives nothing away. */
const HEAD = 8;
/** Three for each export: the sessions of more than a thousand exports. */
const MOST_SECRETS = 4096;
const DEEPEST = 100;

const MOST_ROUNDS = 8;

/** Backslashes, `\uXXXX`, percent signs and entities, as JSON, URLs and HTML pages write them. */
const ESCAPE = /\\+u([0-9a-f]{4})|\\+|%([0-9a-f]{2})|&#x([0-9a-f]{1,4});|&#(\d{1,5});|&(amp|lt|gt|quot|apos);/giu;
const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** What presigned URLs carry in their query, in both versions of the signature. */
const SIGNED = /(?:x-amz-[a-z0-9-]+|signature|awsaccesskeyid)=/giu;
const KEY_ID = /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])/gu;

/** Members in which Domo writes what it likes, and which are shown. */
const FREE_TEXTS: ReadonlySet<string> = new Set(["message", "errorCode", "exportStatus", "statusReason", "toe"]);

type Range = readonly [from: number, to: number];

/**
 * Creates a guard that knows nothing but the names of the fields that carry secrets.
 *
 * Texts are looked at with their escapes undone, however often they were escaped. Hidden are: what was remembered; in
 * case an earlier process sent it, the value after a field's name and any AWS access key id; and the query of presigned URLs.
 */
export function createSecretGuard(fields: readonly string[]): SecretGuard {
  const heads = new Map<string, Set<string>>();
  const known = new Set<string>();
  const named = new RegExp(`(?:${fields.join("|")})["'\\s]*[:=]["'\\s]*([^\\s"',;&{}]{16,})`, "giu");

  function remembered(text: string): Range[] {
    const ranges: Range[] = [];
    for (let at = 0; at + HEAD <= text.length; at++) {
      const secrets = heads.get(text.slice(at, at + HEAD));
      if (!secrets) continue;
      ranges.push([at, at + Math.max(...[...secrets].map((secret) => commonLength(secret, text, at)))]);
    }
    return ranges;
  }

  function hideText(original: string): string {
    const plain = unescaped(original);
    const text = plain?.text ?? original;
    const found = [
      ...remembered(withoutSpaces(text)),
      ...[...text.matchAll(named)].map(({ index, 0: all, 1: value = "" }): Range => {
        const end = index + all.length;
        return [end - value.length, end];
      }),
      ...[...text.matchAll(KEY_ID)].map(({ index, 0: all }): Range => [index, index + all.length]),
      ...[...text.matchAll(SIGNED)].map(({ index }) => queryAround(text, index)),
    ];
    if (!plain) return cut(original, found);
    const inOriginal = found.map(([from, to]): Range => [plain.starts[from] ?? 0, plain.starts[to] ?? original.length]);
    // What stands before a secret can look like an escape together with its first characters.
    return cut(original, [...inOriginal, ...remembered(withoutSpaces(original))]);
  }

  function hide(value: unknown, depth: number, isFree: boolean): unknown {
    if (typeof value === "string") return isFree ? hideText(value) : value;
    if (typeof value !== "object" || value === null) return value;
    if (depth > DEEPEST) return HIDDEN;
    if (Array.isArray(value)) return value.map((item) => hide(item, depth + 1, isFree));
    const members = Object.entries(value).map(([key, item]) => [
      key,
      hide(item, depth + 1, isFree || FREE_TEXTS.has(key)),
    ]);
    return Object.fromEntries(members);
  }

  return {
    remember(...secrets) {
      for (const secret of secrets) {
        if (typeof secret !== "string") continue;
        for (const form of new Set([secret, unescaped(secret)?.text ?? secret].map(withoutSpaces))) {
          known.add(form);
          const head = form.slice(0, HEAD);
          heads.set(head, (heads.get(head) ?? new Set()).add(form));
          if (known.size > MOST_SECRETS) forgetOldest();
        }
      }
    },
    hide: (value) => hide(value, 0, typeof value === "string"),
  };

  function forgetOldest(): void {
    const [oldest = ""] = known;
    known.delete(oldest);
    const head = oldest.slice(0, HEAD);
    const secrets = heads.get(head);
    secrets?.delete(oldest);
    if (secrets?.size === 0) heads.delete(head);
  }
}

interface Unescaped {
  text: string;
  /** Where in the original each character of `text` begins, and where the last one ends. */
  starts: readonly number[];
}

/** A text with its escapes undone until none is left; `undefined` when it has none. */
function unescaped(original: string): Unescaped | undefined {
  let result: Unescaped | undefined;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = unescapedOnce(result?.text ?? original);
    if (!next) break;
    const before = result?.starts;
    result = before ? { text: next.text, starts: next.starts.map((start) => before[start] ?? 0) } : next;
  }
  return result;
}

function unescapedOnce(original: string): Unescaped | undefined {
  const starts: number[] = [];
  let text = "";
  let copied = 0;
  const copy = (to: number): void => {
    text += original.slice(copied, to);
    for (; copied < to; copied++) starts.push(copied);
  };
  for (const { index, 0: all, 1: unicode, 2: percent, 3: hex, 4: decimal, 5: entity } of original.matchAll(ESCAPE)) {
    copy(index);
    copied += all.length;
    const code = unicode ?? percent ?? hex;
    const number = code !== undefined ? parseInt(code, 16) : decimal !== undefined ? Number(decimal) : undefined;
    const character =
      number !== undefined ? String.fromCharCode(number) : (ENTITIES[entity?.toLowerCase() ?? ""] ?? "");
    if (character === "") continue;
    // An escaped blank does not end the word that it stands in.
    text += /\s/.test(character) ? "+" : character;
    starts.push(index);
  }
  if (copied === 0) return undefined;
  copy(original.length);
  return { text, starts: [...starts, original.length] };
}

/** A form writes a space as a plus sign; what reads it as one makes a space of a plus sign. */
function withoutSpaces(text: string): string {
  return text.replaceAll(" ", "+");
}

/** How much of a secret stands at a place where its head does. */
function commonLength(secret: string, text: string, at: number): number {
  let length = HEAD;
  while (length < secret.length && secret[length] === text[at + length]) length++;
  return length;
}

/** The query of a URL around a place in it: from its question mark, or the last blank or quote, to the next one. */
function queryAround(text: string, at: number): Range {
  let [from, to] = [at, at];
  while (from > 0 && !/[\s"'<>`?]/.test(text[from - 1] ?? "")) from--;
  while (to < text.length && !/[\s"'<>`]/.test(text[to] ?? "")) to++;
  return [from, to];
}

function cut(text: string, ranges: readonly Range[]): string {
  let result = "";
  let done = 0;
  for (const [from, to] of [...ranges].sort(([a], [b]) => a - b)) {
    if (to <= done) continue;
    // Ranges that touch are one.
    if (from > done || done === 0) result += text.slice(done, from) + HIDDEN;
    done = to;
  }
  return result + text.slice(done);
}
