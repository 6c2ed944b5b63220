/** Arguments of an exported program, independent of its language. */

/** Another resource of the program, by its variable. */
export class ResourceReference {
  constructor(
    readonly variable: string,
    /** `id`: only its id, for an argument that does not accept the resource. */
    readonly part: "resource" | "id" = "resource",
  ) {}
}

/** A value that the stack config stores encrypted. */
export class StackSecret {
  constructor(
    /** Key of the stack config, without the project's name. */
    readonly config: string,
    /** The last characters of the value, as the gateway shows them; "" if it shows none. */
    readonly end: string,
  ) {}
}

export type PlannedValue =
  | string
  | number
  | boolean
  | null
  | ResourceReference
  | StackSecret
  | readonly PlannedValue[]
  | PlannedArgs;

export interface PlannedArgs {
  readonly [name: string]: PlannedValue;
}
