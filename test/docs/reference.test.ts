import { format } from "prettier";
import { expect, test } from "vitest";
import { referencePage } from "./reference";

test("docs/reference.md is what the arguments, outputs and settings are declared as (npm run docs:reference writes it)", async () => {
  const text = await format(referencePage(), { parser: "markdown", printWidth: 120 });
  await expect(text).toMatchFileSnapshot("../../docs/reference.md");
});
