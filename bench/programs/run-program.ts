/* Runs the program of the current folder as `review` does, and only counts the exports that it declared. */
import { readProject } from "../../cli/review/project";
import { runProgram } from "../../cli/review/run-program";
import { readStackConfig } from "../../cli/review/stack-config";

const [stack = ""] = process.argv.slice(2);
const project = readProject(".");
const config = readStackConfig(project, stack, []);
void runProgram({ project, stack, config, say: (text) => process.stderr.write(text) }).then(({ resources }) => {
  // The stack is a resource too.
  process.stdout.write(`${resources.length - 1} exports\n`);
});
