import { commonFolder } from "./object-url";

/** One call: a page of keys that begin with `prefix` and come after `startAfter`. */
export interface ListingCall {
  prefix: string;
  startAfter: string;
}

/** What a call brought: its keys in S3's order, and whether there are more. */
export interface ListingPage {
  keys: readonly string[];
  truncated: boolean;
}

/** Which stretches of a bucket's keys are known, and which call comes next for the folders that are asked for. */
export interface ListingPlan {
  /** Asks for a folder, whose name ends with a slash; `true` when it is known already. */
  ask(folder: string): boolean;
  /** The next call; `undefined` when all folders that were asked for are known. */
  next(): ListingCall | undefined;
  /** Takes in what a call brought, and returns the folders that are known now. */
  took(call: ListingCall, page: ListingPage): string[];
  /** Folders that were answered, and calls that were made. */
  readonly count: { readonly folders: number; readonly calls: number };
}

/** A stretch of keys: those after `after`, up to `to`. */
interface Stretch {
  after: string;
  to: string;
}

/** Behind every key of a folder: no key begins with the last character of Unicode's private use. */
const LAST = "\u{10fffd}";

/**
 * Plans calls that are never more than one listing for each folder would be. A call begins right before a folder that is
 * asked for, not at the beginning of what the folders share: it shows at least as much of this folder as its own listing
 * would, and in addition what else fits on the page. Only a call that was saved before is spent on what comes before
 * that folder, for those who ask later; not again after that has helped nobody.
 */
export function createListingPlan(): ListingPlan {
  const pending = new Set<string>();
  /** What all folders share that were asked for, by their first part: never the whole bucket. */
  const prefixes = new Map<string, string>();
  let stretches: Stretch[] = [];
  let folders = 0;
  let calls = 0;
  let looksBack = true;

  const isKnown = (folder: string): boolean =>
    stretches.some(({ after, to }) => after <= ordered(folder) && to >= ordered(folder + LAST));

  function add(added: Stretch): void {
    const touching = stretches.filter(({ after, to }) => after <= added.to && to >= added.after);
    const joined = [...touching, added];
    stretches = [
      ...stretches.filter((stretch) => !touching.includes(stretch)),
      { after: least(joined.map(({ after }) => after)), to: greatest(joined.map(({ to }) => to)) },
    ];
  }

  /** The end of what is known before a place, or the beginning of the prefix. */
  function gapBefore(place: string, prefix: string): string {
    return greatest([ordered(prefix), ...stretches.map(({ to }) => to).filter((to) => to <= place)]);
  }

  return {
    ask(folder) {
      const part = firstPart(folder);
      prefixes.set(part, commonFolder([prefixes.get(part) ?? folder, folder]));
      const known = isKnown(folder);
      if (known) folders++;
      else pending.add(folder);
      return known;
    },
    next() {
      if (pending.size === 0) return undefined;
      const place = least([...pending].map(ordered));
      const folder = unordered(place);
      const prefix = prefixes.get(firstPart(folder)) ?? folder;
      const begun = stretches.find(({ after, to }) => after <= place && to > place);
      const startAfter = begun?.to ?? (looksBack && folders > calls ? gapBefore(place, prefix) : place);
      return { prefix, startAfter: unordered(startAfter) };
    },
    took({ prefix, startAfter }, { keys, truncated }) {
      calls++;
      const last = truncated ? (keys.at(-1) ?? startAfter) : prefix + LAST;
      const wasLookBack = ![...pending].some((folder) => ordered(folder) <= ordered(startAfter));
      add({ after: ordered(startAfter), to: ordered(last) });
      const known = [...pending].filter(isKnown);
      known.forEach((folder) => pending.delete(folder));
      folders += known.length;
      if (wasLookBack && known.length === 0) looksBack = false;
      return known;
    },
    get count() {
      return { folders, calls };
    },
  };
}

/** A text that compares by its bytes, as S3 sorts keys, and not by its UTF-16 units. */
function ordered(text: string): string {
  return Buffer.from(text).toString("latin1");
}

function unordered(text: string): string {
  return Buffer.from(text, "latin1").toString();
}

function firstPart(folder: string): string {
  return folder.slice(0, folder.indexOf("/") + 1);
}

function least(texts: readonly string[]): string {
  return texts.reduce((a, b) => (a < b ? a : b));
}

function greatest(texts: readonly string[]): string {
  return texts.reduce((a, b) => (a > b ? a : b));
}
