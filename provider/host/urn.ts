/** The parts of a URN `urn:pulumi:<stack>::<project>::<parent types>$<type>::<name>`. */
export interface UrnParts {
  stack: string;
  name: string;
}

/** Takes a URN apart; the name may hold `::` itself. */
export function urnParts(urn: string): UrnParts | undefined {
  const [head = "", project, type, ...name] = urn.split("::");
  const stack = /^urn:pulumi:(.+)$/.exec(head)?.[1];
  if (stack === undefined || project === undefined || type === undefined || name.length === 0) return undefined;
  return { stack, name: name.join("::") };
}

/** The name in a URN, or the text itself where it is none. */
export function shortName(urn: string): string {
  return urnParts(urn)?.name ?? urn;
}
