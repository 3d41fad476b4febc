/** Why the declared region can't be, when it differs from the bucket's own. */
export function regionFault(
  { bucket, region }: { bucket: string; region?: string },
  actual: string,
): string | undefined {
  if (region === undefined || region === actual) return undefined;
  return (
    `bucket "${bucket}" is in "${actual}", not in "${region}"; ` +
    `Domo can't export across regions: set region: "${actual}" or leave it out`
  );
}
