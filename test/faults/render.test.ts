import { format } from "prettier";
import { expect, test } from "vitest";
import { matrix } from "./rows";
import { renderMatrix } from "./render";

test("docs/faults.md is the matrix (vitest -u writes it)", async () => {
  const text = await format(renderMatrix(matrix), { parser: "markdown", printWidth: 120 });
  await expect(text).toMatchFileSnapshot("../../docs/faults.md");
});
