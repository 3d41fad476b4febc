/** Property values as they stand in a request, once secrets are unwrapped. */
export type Props = Readonly<Record<string, unknown>>;

/** What the stand-in plugin knows of one resource type. */
export interface Kind {
  /** The arguments it understands; any other is a check failure, so that nothing is dropped silently. */
  readonly inputs: readonly string[];
  /** The arguments whose change makes a new resource. */
  readonly replaceOn: readonly string[];
  /** The argument that gets a generated name when the program gives none. */
  readonly autoName?: string;
  /** Generated names are cut to this length. */
  readonly maxNameLength?: number;
  /** Arguments that hold a JSON document: objects are accepted, and compared by meaning. */
  readonly documents?: readonly string[];
  /** Creates it; returns its id. */
  create(inputs: Props): Promise<string>;
  /** The present state: arguments that may have changed and computed outputs. `undefined` when it is gone. */
  read(id: string, state: Props): Promise<Props | undefined>;
  update?(id: string, inputs: Props): Promise<void>;
  delete(id: string, state: Props): Promise<void>;
}

/** Runs a call; `undefined` when AWS answers that the thing does not exist. */
export async function orMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (/^(NoSuch\w+|NotFound|404|ServerSideEncryptionConfigurationNotFoundError)$/.test((error as Error).name)) {
      return undefined;
    }
    throw error;
  }
}

/** The tags of the program as AWS wants them. */
export function toTagList(tags: unknown): { Key: string; Value: string }[] {
  return Object.entries((tags ?? {}) as Record<string, string>).map(([Key, Value]) => ({ Key, Value }));
}

/** AWS's tags as they stand in a program; `undefined` for none. */
export function fromTagList(
  tags: readonly { Key?: string; Value?: string }[] = [],
): Record<string, string> | undefined {
  if (tags.length === 0) return undefined;
  return Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));
}
