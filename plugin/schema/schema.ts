import { z } from "zod";
import { providerArguments } from "../config";
import { argumentFacts, argumentNames, argumentSchema, type ArgumentName } from "../../provider/args/arguments";
import { DYNAMIC_TYPE } from "../../provider/host/resource-types";
import { functions } from "./functions";
import { outputs, outputTypes } from "./outputs";

/** The member of JSON Schema that zod writes for one argument, as far as the arguments use it. */
interface Form {
  type?: "string" | "boolean" | "integer" | "number" | "object";
  properties?: Record<string, { type: string }>;
  enum?: string[];
  default?: unknown;
}

const token = (name: string): string => `domo:index:${name}`;
const reference = (name: string): { $ref: string } => ({ $ref: `#/types/${token(name)}` });
const anything = { $ref: "pulumi.json#/Any" };

const consequences = {
  replace: "A change *replaces* the resource.",
  export: "A change exports again *in place*.",
  record: "A change is recorded *in place*.",
} as const;

/**
 * The plugin's schema in Pulumi's form, made from the one declaration of the arguments. `schema.json` holds it for those who
 * generate SDKs; a test says when it is stale.
 *
 * https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function pulumiSchema(version: string): object {
  const forms = (z.toJSONSchema(argumentSchema, { io: "input", unrepresentable: "any" }).properties ?? {}) as Record<
    string,
    Form
  >;
  const required = argumentNames.filter((name) => !isOptional(name));
  const inputProperties = {
    ...Object.fromEntries(argumentNames.map((name) => [name, inputOf(name, forms[name] ?? {})])),
    sql: {
      type: "string",
      description: `The query as SQL text: the other way to give \`query\`. ${consequences.export}`,
    },
    onTimeout: {
      ...reference("OnTimeout"),
      description:
        'What a time limit that passes does: the run fails (`fail`, the default), or it ends with "still running" (`await`, exit code 10). Either way the export goes on at Domo, and the next `up` takes it over.',
    },
  };
  const declared = Object.fromEntries(
    Object.entries(inputProperties).map(([name, about]) => [name, withoutDefault(about)]),
  );
  const types = argumentNames.flatMap((name) => {
    const { enum: words, properties } = forms[name] ?? {};
    if (words) return [[token(typeOf(name)), enumOf(words)]];
    return properties ? [[token(typeOf(name)), objectOf(name, properties)]] : [];
  });
  return {
    name: "domo",
    displayName: "Domo export to S3",
    version,
    description: "Exports Domo datasets to S3 and proves what was delivered.",
    keywords: ["domo", "s3", "export"],
    license: "Apache-2.0",
    language: {
      nodejs: { respectSchemaVersion: true },
      python: { respectSchemaVersion: true, pyproject: { enabled: true } },
    },
    config: { variables: configVariables(), defaults: [] },
    provider: {
      description: "Settings of one Domo instance. A program with two instances declares a provider for each.",
      inputProperties: configVariables(),
      properties: configVariables(),
    },
    types: {
      ...Object.fromEntries(Object.entries(outputTypes).map(([name, type]) => [token(name), type])),
      ...(Object.fromEntries(types) as object),
      [token("OnTimeout")]: enumOf(["fail", "await"]),
    },
    resources: {
      [token("S3Export")]: {
        description:
          "An export of a Domo dataset to S3. `create` runs it and proves that the objects are in the bucket; `refresh` finds what drifted; `destroy` forgets it, or removes the objects with `deleteObjects`.",
        // A stack that has the dynamic resource moves here without running anything again.
        aliases: [{ type: DYNAMIC_TYPE }],
        inputProperties,
        requiredInputs: required,
        properties: { ...declared, ...outputs },
        required: [...required, "query", "sql", "exportStatus", "definition", "keyPrefix", "files", "drift"],
      },
    },
    functions,
  };
}

function inputOf(name: ArgumentName, form: Form): object {
  const { description, onChange, otherwise } = argumentFacts(name);
  const standard = form.default === undefined ? {} : { default: form.default };
  const about = [description, otherwise && `Default: ${otherwise}.`, consequences[onChange]].filter(Boolean).join(" ");
  const replaces = onChange === "replace" ? { willReplaceOnChanges: true } : {};
  if (form.enum ?? form.properties) return { ...reference(typeOf(name)), ...standard, description: about, ...replaces };
  return { ...(form.type ? { type: form.type } : anything), ...standard, description: about, ...replaces };
}

function withoutDefault({ ...property }: object): object {
  delete (property as Form).default;
  return property;
}

/** Whether the argument can be left out; a query can be given as `sql`. */
function isOptional(name: ArgumentName): boolean {
  const form = argumentSchema.shape[name] as z.ZodType | undefined;
  return name === "query" || form?.safeParse(undefined).success === true;
}

/** Name of an argument's type: `onNewData` → `OnNewData`. */
function typeOf(name: string): string {
  return name[0]?.toUpperCase() + name.slice(1);
}

function enumOf(values: readonly string[]): object {
  return { type: "string", enum: values.map((value) => ({ value })) };
}

/** An argument with members, each of which may be left out. */
function objectOf(name: ArgumentName, members: Readonly<Record<string, { type: string }>>): object {
  const properties = Object.entries(members).map(([member, { type }]) => [member, { type }]);
  return {
    type: "object",
    description: argumentFacts(name).description,
    properties: Object.fromEntries(properties) as object,
  };
}

function configVariables(): object {
  const entries = Object.entries(providerArguments).map(([name, { type, description, secret }]) => [
    name,
    { type, description, ...(secret && { secret }) },
  ]);
  return Object.fromEntries(entries) as object;
}
