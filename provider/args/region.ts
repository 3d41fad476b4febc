/** Why the declared region can't be, when it differs from the bucket's own. */
export function regionFault(
  { bucket, region }: { bucket: string; region?: string },
  bucketRegion: string,
): string | undefined {
  if (region === undefined || region === bucketRegion) return undefined;
  return (
    `bucket "${bucket}" is in "${bucketRegion}", not in "${region}"; ` +
    `Domo can't export across regions: set region: "${bucketRegion}" or leave it out`
  );
}
