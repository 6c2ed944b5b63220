/** Arguments of an exported program, in no language yet. */

/** Another resource of the program, by its variable. */
export class ResourceReference {
  constructor(
    readonly variable: string,
    /** `id`: its id alone, where the argument takes no resource. */
    readonly part: "resource" | "id" = "resource",
  ) {}
}

/** A value that the stack config holds encrypted. */
export class StackSecret {
  constructor(
    /** Key of the stack config, without the project's name. */
    readonly config: string,
    /** The last characters of the right value, as the gateway shows them; "" where it shows none. */
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
