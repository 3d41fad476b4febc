import type { UserDefinition } from "./options";
import type { LoggedRequest } from "./request-log";
import type { EmulatorState } from "./state";

/** A call of the imitated API. */
export interface ApiCall {
  readonly method: string;
  readonly url: URL;
  readonly token: string | undefined;
  /** Its entry in the log. */
  readonly entry: LoggedRequest;
  /** Reads and parses the body; the same value each time. */
  body(): Promise<unknown>;
}

/** An answer: a value that is sent as JSON, or text that is sent as it is. */
export type ApiAnswer = { readonly status: number } & ({ readonly body: unknown } | { readonly text: string });

/** Who asks for what. */
export interface ApiContext {
  readonly state: EmulatorState;
  readonly user: UserDefinition;
  readonly call: ApiCall;
}
