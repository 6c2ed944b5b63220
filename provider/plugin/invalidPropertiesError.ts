import type { Failure } from "../lifecycle/definition";

/** Properties that can't work. The engine shows each with its path and value. */
export class InvalidPropertiesError extends Error {
  constructor(
    message: string,
    readonly problems: readonly Failure[],
  ) {
    super(message);
    this.name = "InvalidPropertiesError";
  }
}
