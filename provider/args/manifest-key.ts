import { createHash } from "node:crypto";
import { hasControlCharacter, hasHalfCharacter, hasOddComponent } from "../aws/write-scope";
import { shortName, urnParts } from "../host/urn";
import { DIGEST_COMPONENT } from "./digest";

/** What a key of 1,024 bytes has left for the manifest below the longest path. */
const MOST_BYTES = 120;

/** Why there can be no manifest at this key below the path, or `undefined` when there can. */
export function manifestKeyProblem(key: string): string | undefined {
  const shown = `manifest ${JSON.stringify(key)}`;
  if (key === "") return 'manifest is empty; give a key below path, such as "_orders.manifest.json", or false for none';
  if (key.startsWith("/") || key.endsWith("/")) return `${shown} starts or ends with a slash; leave it out`;
  if (Buffer.byteLength(key) > MOST_BYTES)
    return `${shown} has ${Buffer.byteLength(key)} bytes; keep it to ${MOST_BYTES}, so that it fits below every path`;
  if (hasOddComponent(key)) return `${shown} has an empty, "." or ".." component; leave it out`;
  if (key.split("/").some((part) => DIGEST_COMPONENT.test(part)))
    return `${shown} has a component that looks like the digest below which an export writes; choose another name`;
  if (hasControlCharacter(key) || hasHalfCharacter(key))
    return `${shown} has a control character or half a character; choose a name without it`;
  return undefined;
}

/**
 * Key of the export's manifest; `undefined` when it has none. Without a declared key it is named for the resource, so that
 * exports may share a path; a resource whose name is not known has none then.
 *
 * @param urn URN of the resource, or any other text where it is not known
 */
export function manifestKeyOf(
  { path, manifest }: { path: string; manifest?: string | false },
  urn: string,
): string | undefined {
  if (manifest === false) return undefined;
  if (manifest !== undefined) return `${path}/${manifest}`;
  return urnParts(urn) && `${path}/_${keyText(shortName(urn))}.manifest.json`;
}

/** A name as a key can hold it; where that loses something, a digest keeps two names apart. */
function keyText(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9._-]/g, "-").slice(0, 80);
  if (clean === name) return name;
  return `${clean}-${createHash("sha256").update(name).digest("hex").slice(0, 8)}`;
}
