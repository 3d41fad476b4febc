/** One request to judge: an action on an ARN. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
}

type Token = { readonly literal: string } | "one" | "many";

/**
 * Whether a policy of `Allow` statements lets a request through. A second opinion on the provider's policies that shares no
 * code with them, and suspicious: a variable stands for any text, conditions count as met.
 */
export function allows(policyText: string, { action, resource }: IamRequest): boolean {
  const policy = JSON.parse(policyText) as { Version: string; Statement: Record<string, string | string[]>[] };
  if (policy.Version !== "2012-10-17") throw new Error(`the policy has version ${policy.Version}`);
  return policy.Statement.some((statement) => {
    if (statement.Effect !== "Allow") throw new Error("only Allow is understood");
    const actions = [statement.Action].flat().map((pattern) => tokens(String(pattern).toLowerCase()));
    const resources = [statement.Resource].flat().map((pattern) => tokens(String(pattern)));
    return (
      actions.some((pattern) => matches(pattern, action.toLowerCase())) &&
      resources.some((pattern) => matches(pattern, resource))
    );
  });
}

function tokens(pattern: string): Token[] {
  const result: Token[] = [];
  for (let at = 0; at < pattern.length;) {
    const escaped = ["${*}", "${?}", "${$}"].find((variable) => pattern.startsWith(variable, at));
    const end = pattern.startsWith("${", at) ? pattern.indexOf("}", at) : -1;
    if (escaped !== undefined) {
      result.push({ literal: escaped.charAt(2) });
      at += escaped.length;
    } else if (end > at) {
      result.push("many");
      at = end + 1;
    } else {
      const character = pattern.charAt(at);
      result.push(character === "*" ? "many" : character === "?" ? "one" : { literal: character });
      at += 1;
    }
  }
  return result;
}

/** The ends in the text that the tokens so far can reach, carried from token to token. */
function matches(pattern: readonly Token[], text: string): boolean {
  let ends = new Set([0]);
  for (const token of pattern) {
    const next = new Set<number>();
    if (token === "many") for (let end = Math.min(...ends); end <= text.length; end++) next.add(end);
    else for (const end of ends) if (end < text.length && fits(token, text.charAt(end))) next.add(end + 1);
    if (next.size === 0) return false;
    ends = next;
  }
  return ends.has(text.length);
}

function fits(token: "one" | { readonly literal: string }, character: string): boolean {
  return token === "one" || token.literal === character;
}
