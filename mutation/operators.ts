import ts from "typescript";

/** Source text that may take a node's place. */
type Operator = (node: ts.Node, text: (node: ts.Node) => string) => readonly string[];

const K = ts.SyntaxKind;

/** For each comparison its neighbour at the boundary, and its negation. */
const comparisons = new Map<ts.SyntaxKind, { readonly boundary?: string; readonly negation: string }>([
  [K.LessThanToken, { boundary: "<=", negation: ">=" }],
  [K.LessThanEqualsToken, { boundary: "<", negation: ">" }],
  [K.GreaterThanToken, { boundary: ">=", negation: "<=" }],
  [K.GreaterThanEqualsToken, { boundary: ">", negation: "<" }],
  [K.EqualsEqualsEqualsToken, { negation: "!==" }],
  [K.ExclamationEqualsEqualsToken, { negation: "===" }],
]);

const arithmetic = new Map<ts.SyntaxKind, string>([
  [K.PlusToken, "-"],
  [K.MinusToken, "+"],
  [K.AsteriskToken, "/"],
  [K.SlashToken, "*"],
  [K.PercentToken, "*"],
  [K.PlusEqualsToken, "-="],
  [K.MinusEqualsToken, "+="],
]);

const otherMethod: Readonly<Record<string, string>> = {
  some: "every",
  every: "some",
  min: "max",
  max: "min",
  startsWith: "endsWith",
  endsWith: "startsWith",
};
/** Methods whose call may be left out: what they are called on takes its place. */
const leftOut = new Set(["filter", "sort", "slice", "trim", "toLowerCase", "toUpperCase", "reverse", "flat"]);

/** What is put in a node's place, by kind of mistake. */
export const operators: Readonly<Record<string, Operator>> = {
  condition: (node) => {
    if (!isCondition(node)) return [];
    // A loop that never ends shows nothing.
    return ts.isIfStatement(node.parent) || ts.isConditionalExpression(node.parent) ? ["true", "false"] : ["false"];
  },
  logic: (node, text) => {
    if (!ts.isBinaryExpression(node)) return [];
    const [left, right] = [text(node.left), text(node.right)];
    if (node.operatorToken.kind === K.AmpersandAmpersandToken) return [`(${left}) || (${right})`, left, right];
    if (node.operatorToken.kind === K.BarBarToken) return [`(${left}) && (${right})`, left, right];
    return node.operatorToken.kind === K.QuestionQuestionToken ? [left, right] : [];
  },
  comparison: (node, text) => {
    if (!ts.isBinaryExpression(node)) return [];
    const other = comparisons.get(node.operatorToken.kind);
    const { kind } = node.operatorToken;
    if (kind === K.InstanceOfKeyword || kind === K.InKeyword) return isCondition(node) ? [] : [`!(${text(node)})`];
    if (!other) return [];
    const signs = [other.boundary, isCondition(node) ? undefined : other.negation].filter((sign) => sign !== undefined);
    return signs.map((sign) => `${text(node.left)} ${sign} ${text(node.right)}`);
  },
  arithmetic: (node, text) => {
    if (ts.isPrefixUnaryExpression(node) && node.operator === K.MinusToken) return [text(node.operand)];
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      if (node.operator === K.PlusPlusToken) return [text(node).replace("++", "--")];
      return node.operator === K.MinusMinusToken ? [text(node).replace("--", "++")] : [];
    }
    if (!ts.isBinaryExpression(node) || joinsText(node)) return [];
    const other = arithmetic.get(node.operatorToken.kind);
    return other === undefined ? [] : [`${text(node.left)} ${other} ${text(node.right)}`];
  },
  negation: (node, text) =>
    ts.isPrefixUnaryExpression(node) && node.operator === K.ExclamationToken && !isCondition(node)
      ? [text(node.operand)]
      : [],
  literal: (node) => {
    if (node.kind === K.TrueKeyword) return ["false"];
    if (node.kind === K.FalseKeyword) return ["true"];
    if (ts.isNumericLiteral(node)) return [`${Number(node.text.replaceAll("_", "")) + 1}`];
    if (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node))
      return [ts.isTemplateExpression(node) || node.text !== "" ? '""' : '"mutant"'];
    return [];
  },
  pattern: (node) => {
    if (!ts.isRegularExpressionLiteral(node)) return [];
    const end = node.text.lastIndexOf("/");
    const [body, flags] = [node.text.slice(1, end), node.text.slice(end + 1)];
    const bodies = [body.replace(/^\^/, ""), body.replace(/(?<!\\)\$$/, "")].filter((one) => one && one !== body);
    const weaker = [...flags].filter((flag) => "gims".includes(flag)).map((flag) => flags.replace(flag, ""));
    return [...bodies.map((one) => `/${one}/${flags}`), ...weaker.map((some) => `/${body}/${some}`)];
  },
  element: (node, text) => {
    if (ts.isArrayLiteralExpression(node)) return without(node.elements, text).map((rest) => `[${rest}]`);
    if (ts.isObjectLiteralExpression(node)) return without(node.properties, text).map((rest) => `{ ${rest} }`);
    return [];
  },
  method: (node, text) => {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression) || inOptionalChain(node))
      return [];
    const { expression, name } = node.expression;
    const args = node.arguments.map(text).join(", ");
    const other = Object.hasOwn(otherMethod, name.text) ? otherMethod[name.text] : undefined;
    if (other !== undefined) return [`${text(expression)}.${other}(${args})`];
    return leftOut.has(name.text) ? [text(expression)] : [];
  },
  chain: (node, text) => {
    if (!ts.isOptionalChain(node) || ts.isOptionalChain(node.parent)) return [];
    const whole = text(node);
    return [...whole.matchAll(/\?\.(?=[\w#])/g)].map(
      ({ index }) => `${whole.slice(0, index)}.${whole.slice(index + 2)}`,
    );
  },
};

/** Whether a statement may be left out without leaving its function in a state that the compiler would not allow. */
export function isDroppable(node: ts.Node): node is ts.Statement {
  if (ts.isExpressionStatement(node)) return !isDirective(node) && !isSuperCall(node.expression);
  if (ts.isReturnStatement(node)) return node.expression === undefined;
  return ts.isThrowStatement(node) || ts.isContinueStatement(node) || ts.isBreakStatement(node);
}

/** Whether nothing inside a node is ever mutated: types, names and addresses of modules. */
export function isUntouched(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTaggedTemplateExpression(node))
    return true;
  if (isDirective(node) || (ts.isCallExpression(node) && node.expression.kind === K.ImportKeyword)) return true;
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === K.EqualsToken && parent.left === node)
    return ts.isArrayLiteralExpression(node) || ts.isObjectLiteralExpression(node);
  return "name" in parent && parent.name === node && !ts.isComputedPropertyName(node);
}

function isCondition(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  return (ts.isConditionalExpression(parent) || ts.isForStatement(parent)) && parent.condition === node;
}

function isDirective(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression);
}

function isSuperCall(node: ts.Node): boolean {
  return ts.isCallExpression(node) && node.expression.kind === K.SuperKeyword;
}

function inOptionalChain(node: ts.Node): boolean {
  return ts.isOptionalChain(node) || ts.isOptionalChain(node.parent);
}

function joinsText(node: ts.BinaryExpression): boolean {
  return [node.left, node.right].some(
    (side): boolean =>
      ts.isStringLiteralLike(side) ||
      ts.isTemplateExpression(side) ||
      (ts.isParenthesizedExpression(side) && ts.isConditionalExpression(side.expression)) ||
      (ts.isBinaryExpression(side) && joinsText(side)),
  );
}

function without(nodes: ts.NodeArray<ts.Node>, text: (node: ts.Node) => string): string[] {
  return nodes.map((_, index) => nodes.filter((_, other) => other !== index).map(text).join(", ")); // prettier-ignore
}
