import { nearest } from "../provider/query/check/suggest";
import type { Parameters } from "./rule";

/** A parameter of a rule that the engine let pass and the rule can't use. It ends the run. */
export class RuleConfigError extends Error {
  override readonly name = "RuleConfigError";
  constructor(message: string) {
    super(message);
    // `@pulumi/policy` shows the stack, which says nothing to who wrote the configuration.
    this.stack = message;
  }
}

/**
 * The parameters of a rule. The engine checks their values against the schema and fills in defaults, and lets a name pass
 * that the schema does not have: here it is refused.
 */
export function ruleConfig<Config extends object>(rule: string, parameters: Parameters<Config>, given: object): Config {
  const names = Object.keys(parameters);
  const odd = Object.keys(given).find((name) => name !== "enforcementLevel" && !names.includes(name));
  if (odd === undefined) return given as Config;
  const meant = nearest(odd, names);
  const wayOut =
    meant !== undefined
      ? `did you mean "${meant}"?`
      : names.length > 0
        ? `it takes ${names.join(", ")}`
        : "it takes enforcementLevel alone";
  throw new RuleConfigError(`${rule} has no parameter "${odd}" — ${wayOut}`);
}
