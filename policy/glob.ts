/** Whether the whole text matches a pattern in which `*` stands for any characters. */
export function matchesGlob(text: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join(".*")}$`, "su").test(text);
}
