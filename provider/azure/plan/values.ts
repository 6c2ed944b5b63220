/**
 * Values that the plan passes on unread. A program has Pulumi inputs and resources, a test has plain values: the plan is generic over
 * their types, so results need no casts.
 */
export interface Values {
  /** Text that may be known only during an `up`. */
  readonly text: unknown;
  /** Number that may be known only during an `up`. */
  readonly count: unknown;
  /** Managed identity of an account. */
  readonly identity: object;
  /** Options of an Azure resource. */
  readonly options: object;
  /** Explicit provider of Azure. */
  readonly azureProvider: unknown;
  /** Provider of the gateway: its id or the resource. */
  readonly gatewayProvider: unknown;
  /** Routing rule of the gateway. */
  readonly rule: RuleInputs;
}

/** The part of a routing rule that the plan reads. */
export interface RuleInputs {
  readonly provider?: unknown;
  readonly model?: unknown;
}

/** Tags by name. */
export type Tags<V extends Values> = Readonly<Record<string, V["text"]>>;

/** A copy without `undefined` members. */
export function definedOnly<Given extends object>(given: Given): DefinedOnly<Given> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as DefinedOnly<Given>;
}

type DefinedOnly<Given> = string extends keyof Given
  ? Record<string, Exclude<Given[keyof Given], undefined>>
  : { [Name in keyof Given]?: Exclude<Given[Name], undefined> };
