import { readFileSync } from "node:fs";
import ts from "typescript";
import {
  argumentFacts,
  argumentNames,
  argumentSchema,
  type ArgumentName,
  type Consequence,
} from "../../provider/args/arguments";

const CHANGES = {
  replace: "replaces the resource",
  export: "exports again",
  record: "is recorded",
} satisfies Record<Consequence, string>;

/** What each setting means. Names, defaults and limits come from the provider's own table. */
const SETTINGS: Readonly<Record<string, string>> = {
  "domo:instance": "`acme`, `acme.domo.com` or `https://acme.domo.com`",
  "domo:baseUrl": "Overrides the instance's address: an https origin, or any origin on loopback",
  "domo:developerToken": "Domo developer token. See [ways to give it](first-project.md#ways-to-give-the-token)",
  "domo:sessionTokenField": "Name of the request field for the AWS session token",
  "domo:requestTimeoutSeconds": "Time limit of one request to Domo",
  "domo:accessPatienceSeconds":
    "How long a refusal by AWS is retried before it is final; new roles take a while to work",
  "domo:maxRequestsPerSecond": "Requests to Domo per second at most, after a burst",
  "domo:requestBurst": "Requests to Domo that may start at once after a pause",
  "domo:maxRequestsInFlight": "Requests to Domo at a time at most",
  "domo:offlinePreview": "A preview without a token, or that can't reach Domo: `warn` and go on, or `fail`",
};

const WITHOUT_DEFAULT: Readonly<Record<string, string>> = {
  "domo:instance": "required",
  "domo:baseUrl": "none",
  "domo:developerToken": "required",
};

/** The reference page, made of the declarations in `provider/`. */
export function referencePage(): string {
  return `# Reference

<!-- Written by npm run docs:reference, of provider/args/arguments.ts, domo-s3-export.ts and host/settings.ts. -->

## Arguments

Every argument may be an output of another resource. What a change does: _replaces_ makes a new resource, then deletes the old
one; _exports again_ runs a new export in place; _is recorded_ changes the state only, and nothing runs.

${table(["argument", "type", "meaning", "default", "a change"], argumentNames.map(argumentRow))}

\`verify\` changed from \`"objects"\` to \`"rows"\` counts the rows of the recorded objects before it is recorded. An \`adopt\` or \`region\` that is
taken away is no change. A change of an argument that decides who can read the data has the bucket judged again.

## Outputs

Every argument comes back as an output, with its default filled in. In addition:

${table(["output", "type", "meaning"], outputRows())}

## Settings

The environment is read first, then the stack configuration. A \`domo:baseUrl\` of the stack that leads elsewhere than \`DOMO_INSTANCE\` is an
error. AWS credentials come from the AWS SDK's default chain.

${table(["environment", "stack configuration", "meaning", "default"], settingRows())}
`;
}

function argumentRow(name: ArgumentName): string[] {
  const { description, onChange, otherwise } = argumentFacts(name);
  const { success, data } = argumentSchema.shape[name].safeParse(undefined);
  const isRequired = name === "query" || !success;
  const standard = data === undefined ? (otherwise ?? "none") : code(JSON.stringify(data));
  const type = code(typesOf("DomoS3ExportArgs")[name]?.type ?? "");
  return [code(name), type, description, isRequired ? "required" : standard, CHANGES[onChange]];
}

function outputRows(): string[][] {
  const isArgument = new Set<string>(argumentNames);
  return Object.entries(typesOf("DomoS3Export"))
    .filter(([name]) => !isArgument.has(name))
    .map(([name, { type, comment }]) => [code(name), code(type), comment]);
}

function settingRows(): string[][] {
  const source = readFileSync("provider/host/settings.ts", "utf8");
  const plain = [...source.matchAll(/: Source = \{ env: "(\w+)", key: "([\w:]+)" \}/g)];
  const withDefault = [
    ...source.matchAll(
      /setting(?:<.*?>)?\("(\w+)", "([\w:]+)", ("[^"]*"|[\d.]+), (?:numberBetween\(([\d.]+), ([\d.]+)\))?/g,
    ),
  ];
  return [...plain, ...withDefault].map(([, env = "", key = "", standard, least, most]) => {
    const meaning = SETTINGS[key];
    if (meaning === undefined) throw new Error(`the setting ${key} has no meaning here: add it`);
    const range = least === undefined ? "" : `. ${least} to ${most}`;
    const text = standard === undefined ? (WITHOUT_DEFAULT[key] ?? "") : code(standard.replaceAll('"', ""));
    return [code(env), code(key), `${meaning}${range}`, text];
  });
}

interface Member {
  type: string;
  comment: string;
}

/** The members of an interface or class of the resource's file: type inside of `Input` or `Output`, and first sentences. */
function typesOf(declaration: string): Record<string, Member> {
  const file = "provider/domo-s3-export.ts";
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: Record<string, Member> = {};
  source.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return;
    if (node.name?.text !== declaration) return;
    for (const member of node.members) {
      if ((!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) || !member.type) continue;
      const type = member.type.getText().replace(/^pulumi\.(?:Input|Output)<(.*)>$/, "$1");
      const comment = ts.getJSDocCommentsAndTags(member)[0]?.getText() ?? "";
      const text = comment.replace(/^\/\*\*|\*\/$/g, "").replace(/^\s*\* ?/gm, "");
      found[member.name.getText()] = { type, comment: text.replace(/\s+/g, " ").trim() };
    }
  });
  return found;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replace(/(?<!\\)\|/g, "\\|")).join(" | ")} |`)
    .join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
