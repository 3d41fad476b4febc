/* Writes `plugin/schema.json`. Run it after a change of an argument: `npm run schema`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageVersion } from "../../provider/host/package-version";
import { pulumiSchema } from "./schema";

const root = join(__dirname, "../../..");
writeFileSync(join(root, "plugin/schema.json"), `${JSON.stringify(pulumiSchema(packageVersion()), undefined, 2)}\n`);
