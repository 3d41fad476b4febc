/** A name as a quoted SQL identifier. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string constant, for the places where DuckDB takes no parameter. */
export function constant(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
