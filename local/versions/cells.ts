/** What one run of the matrix uses. */
export interface Cell {
  readonly node: string;
  readonly sdk: string;
  readonly engine: string;
}

/** Versions that are supported, the oldest and the newest of each and what most users have. */
const versions = {
  node: ["20.20.2", "22.23.3", "24.21.0"],
  sdk: ["3.200.0", "3.248.0", "3.270.0"],
  engine: ["3.259.0", "3.274.1"],
} as const;

/** Tests that depend on the versions. Only those of the engine depend on its version. */
export const tiers = {
  command: ["test/cli"],
  provider: ["test/provider-process"],
  engine: ["test/engine"],
  plugin: ["test/plugin"],
  versions: ["test/versions"],
} as const;

/** Tiers that start an engine: they run with each. */
export const engineTiers: readonly Tier[] = ["engine", "plugin", "versions"];

/** Name of a tier. */
export type Tier = keyof typeof tiers;

/** What the command line leaves of the matrix: each text is the beginning of a version. */
export type Selection = Partial<Record<keyof Cell, string>>;

/** The cells of the matrix. Since 3.249 the SDK needs Node 22. */
export function cellsOf({ node = "", sdk = "", engine = "" }: Selection): Cell[] {
  const picked = versions.node
    .filter((version) => version.startsWith(node))
    .flatMap((version) => versions.sdk.filter((of) => of.startsWith(sdk)).map((of) => ({ node: version, sdk: of })))
    .filter(({ node: on, sdk: of }) => Number(on.split(".")[0]) >= 22 || Number(of.split(".")[1]) < 249);
  return picked.flatMap((pair) =>
    versions.engine.filter((version) => version.startsWith(engine)).map((version) => ({ ...pair, engine: version })),
  );
}
