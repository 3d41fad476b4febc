import { DomoExportError } from "../errors";
import type { ExportState } from "./export-state";

/**
 * Thrown from `create` and `update` once the POST may have reached Domo: the engine saves the resource with these
 * properties as "created, not initialised" and calls `update` on the next `up`.
 */
export class IncompleteExportError extends DomoExportError {
  override readonly name = "IncompleteExportError";
  readonly reasons: string[];
  constructor(
    readonly id: string,
    readonly properties: ExportState,
    cause: Error,
    message = cause.message,
  ) {
    super(message, { cause });
    this.reasons = [message];
  }

  /** The same with other properties and another text. */
  with(properties: ExportState, message: string): IncompleteExportError {
    return new IncompleteExportError(this.id, properties, this.cause as Error, message);
  }
}
