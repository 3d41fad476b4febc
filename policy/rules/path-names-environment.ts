import { knownText } from "../plain";
import { type ExportRule, quoted, textList } from "../rule";

/** The path names the environment, so that stacks that share a bucket don't mix. */
export const pathNamesEnvironment: ExportRule<{ environments: string[] }> = {
  name: "path-names-environment",
  description: "An export's path names its environment.",
  enforcementLevel: "advisory",
  severity: "medium",
  parameters: {
    environments: textList(
      "Components of which the path may have one instead of the stack's name. A stack that is itself in the list must use its own.",
      [],
    ),
  },
  check: ({ stack, inputs }, { environments }) => {
    const path = knownText(inputs.path);
    const wanted = environments.includes(stack) ? [stack] : [stack, ...environments];
    if (path === undefined || path.split("/").some((component) => wanted.includes(component))) return [];
    return [
      `path ${quoted(path)} has none of ${wanted.map(quoted).join(", ")} as a component — write, say, ${quoted(`${stack}/${path}`)}`,
    ];
  },
};
