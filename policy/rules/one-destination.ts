import { knownText } from "../plain";
import { flag, quoted, type ResourceView, type StackRule } from "../rule";
import { bucketIdentity } from "../stack-view";

/**
 * Each export has a separate path. The provider keeps the objects of two definitions apart below one path, but anyone who lists
 * the path gets the files of both and can't tell which is which.
 */
export const oneDestination: StackRule<{ allowNested: boolean }> = {
  name: "one-destination",
  description: "No two exports share a destination.",
  enforcementLevel: "mandatory",
  severity: "medium",
  parameters: {
    allowNested: flag("Whether the path of one export may lie below the path of another.", false),
  },
  checkStack: (view, { allowNested }) =>
    view.exports.flatMap((later, index) => {
      const path = knownText(later.props.path);
      const bucket = bucketIdentity(view, later);
      if (path === undefined || bucket === undefined) return [];
      return view.exports.slice(0, index).flatMap((earlier) => {
        const other = knownText(earlier.props.path);
        if (other === undefined || bucketIdentity(view, earlier) !== bucket) return [];
        const problem = collision({ path, other, name: earlier.name, allowNested });
        return problem === undefined ? [] : [{ urn: later.urn, message: `${problem}${where(later)} — ${WAY_OUT}` }];
      });
    }),
};

const WAY_OUT = "give each export a separate path, as anyone who lists one would get the files of both";

function collision({
  path,
  other,
  name,
  allowNested,
}: Record<"path" | "other" | "name", string> & { allowNested: boolean }) {
  if (path === other) return `path ${quoted(path)} is also the path of export ${quoted(name)}`;
  if (allowNested) return undefined;
  if (path.startsWith(`${other}/`)) return `path ${quoted(path)} lies below ${quoted(other)} of export ${quoted(name)}`;
  return other.startsWith(`${path}/`)
    ? `path ${quoted(path)} holds the path ${quoted(other)} of export ${quoted(name)}`
    : undefined;
}

function where({ props }: ResourceView): string {
  const bucket = knownText(props.bucket);
  return bucket === undefined ? " in the same bucket" : ` in bucket ${quoted(bucket)}`;
}
