/** Lines for a POSIX shell that bring an environment about: `export` for a value, `unset` for `undefined`. */
export function shellExports(env: NodeJS.ProcessEnv): string {
  const line = ([name, value]: [string, string | undefined]) =>
    value === undefined ? `unset ${name}` : `export ${name}=${quote(value)}`;
  return `${Object.entries(env).map(line).join("\n")}\n`;
}

function quote(value: string): string {
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
