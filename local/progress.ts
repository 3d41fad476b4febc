/** Where long steps report to. */
export interface Progress {
  /** A line that stays. */
  say(text: string): void;
  /** A line that the next one may overwrite: counts, elapsed time. */
  tick(text: string): void;
}

/** For tests: says nothing. */
export const silent: Progress = { say: () => undefined, tick: () => undefined };

/** Writes to stderr; ticks overwrite one another on a terminal and appear every ten seconds elsewhere. */
export function terminalProgress(indent = ""): Progress {
  const terminal = process.stderr.isTTY;
  let open = false;
  let last = 0;
  const closeTick = () => {
    if (open) process.stderr.write("\r\u001b[K");
    open = false;
  };
  return {
    say(text) {
      closeTick();
      process.stderr.write(`${indent}${text}\n`);
    },
    tick(text) {
      if (terminal) {
        process.stderr.write(`\r\u001b[K${indent}${text.slice(0, (process.stderr.columns ?? 80) - indent.length - 1)}`);
        open = true;
      } else if (Date.now() - last > 10_000) {
        process.stderr.write(`${indent}${text}\n`);
        last = Date.now();
      }
    },
  };
}
