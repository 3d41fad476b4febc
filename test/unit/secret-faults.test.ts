import { z } from "zod";
import { expect, test } from "vitest";
import { argumentNames, argumentSchema } from "../../provider/args/arguments";
import { OPEN_CHOICES, secretTextsOf, withoutSecrets } from "../../provider/host/secret-faults";

test("only arguments with a fixed choice of values are never hidden", () => {
  const choices = argumentNames.filter((name) => {
    const { type, inner } = whole(argumentSchema.shape[name]);
    return type === "enum" || inner?.type === "enum";
  });
  expect([...choices, "onTimeout"].sort()).toEqual([...OPEN_CHOICES].sort());
});

function whole(schema: z.ZodType): { type: string; inner?: z.ZodType } {
  return { type: schema.type, inner: schema instanceof z.ZodDefault ? (schema.unwrap() as z.ZodType) : undefined };
}

test("a secret number is hidden as it is shown, and not inside another number", () => {
  const texts = secretTextsOf({ expectRows: { min: 1600 } }, ["expectRows"]);
  expect(withoutSecrets("below 1600, or 1,600 rows, of 21,600 and 16001", texts)).toBe(
    "below [secret], or [secret] rows, of 21,600 and 16001",
  );
});

test("words of the query language in a secret query are not hidden, nor is anything of other arguments", () => {
  const query = { kind: "select", columns: [{ kind: "column", name: "Region" }] };
  const texts = secretTextsOf({ query, bucket: "acme" }, ["query"]);
  expect(withoutSecrets('select the column "Region" to acme', texts)).toBe('select the column "[secret]" to acme');
});
