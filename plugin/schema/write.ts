/* Writes `plugin/schema.json`. Run it after a change of an argument: `npm run schema`. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pulumiSchema } from "./schema";

const root = join(__dirname, "../../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
writeFileSync(join(root, "plugin/schema.json"), `${JSON.stringify(pulumiSchema(version), undefined, 2)}\n`);
