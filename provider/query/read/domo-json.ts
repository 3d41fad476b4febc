/** An object's entries with the stray quotation mark gone that some keys have in Domo's own examples (`region"`). */
export function tidyKeys(input: unknown): Record<string, unknown> {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return {};
  return Object.fromEntries(
    Object.entries(input).map(([key, value]: [string, unknown]) => [key.replace(/"$/, ""), value]),
  );
}

/** Tells whether a value says nothing: absent, null, an empty text, list or object. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
