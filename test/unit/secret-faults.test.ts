import { z } from "zod";
import { expect, test } from "vitest";
import { argumentNames, argumentSchema } from "../../provider/args/arguments";
import { OPEN_CHOICES, printable, secretTextsOf, withoutSecrets } from "../../provider/host/secret-faults";

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

test("what the engine prints of a failure names the argument and its value once", () => {
  const shown = (property: string, value: unknown, reason: string) =>
    printable({ property, reason }, { names: new Set(), values: { [property]: value } });
  expect([
    shown("path", "s3://acme", 'path "s3://acme" is a URL'),
    shown("path", "/", 'path "" is the whole bucket'),
    shown("bucket", "Acme", '"Acme" is not the name'),
    shown("dataset", "https://acme/0123/details", '"https://acme/0123/de…" is not a dataset id'),
    shown("manifest", "a.json", 'manifest: "s3://acme/a.json" is there already'),
    shown("manifest", undefined, 'manifest: "s3://acme/a.json" is there already'),
    shown("domo:instance", undefined, 'domo:instance (DOMO_INSTANCE) "x/y" is not an instance'),
    shown("region", "us-east-1", 'bucket "acme" is in "eu-west-3", not in "us-east-1"'),
    shown("path", "a b", "path of 950 bytes is too long"),
    shown("query", { columns: [] }, "is empty"),
  ]).toEqual([
    { property: "path", reason: "is a URL" },
    { property: "path", reason: "is the whole bucket" },
    { property: "bucket", reason: "is not the name" },
    { property: "dataset", reason: "is not a dataset id" },
    { property: "manifest", reason: '"s3://acme/a.json" is there already' },
    { property: "", reason: 'manifest: "s3://acme/a.json" is there already' },
    { property: "", reason: 'domo:instance (DOMO_INSTANCE) "x/y" is not an instance' },
    { property: "region", reason: 'bucket "acme" is in "eu-west-3", not in "us-east-1"' },
    { property: "path", reason: "path of 950 bytes is too long" },
    { property: "", reason: "query: is empty" },
  ]);
});

test.each([["10"], ["true"], [""], ["acme "], ['a"b']])(
  "the value stays in the text where the engine's braces would hide what %j is",
  (value) => {
    const reason = `${JSON.stringify(value)} is not good`;
    expect(printable({ property: "bucket", reason }, { names: new Set(), values: { bucket: value } })).toEqual({
      property: "bucket",
      reason,
    });
  },
);
