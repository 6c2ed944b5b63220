/** Counts, orders, and the details that all objects have. */
import { readMark } from "../../provider/lifecycle/ownership";
import { isUnresolved } from "../../provider/lifecycle/unresolved";

export type Fact = readonly [label: string, value: string];

const collator = new Intl.Collator("en", { numeric: true });

interface Named {
  readonly name?: string | undefined;
  readonly id?: string;
}

/** `key2` before `key10`; equal names by their ids. */
export function byName(left: Named, right: Named): number {
  return collator.compare(left.name ?? "", right.name ?? "") || collator.compare(left.id ?? "", right.id ?? "");
}

/** `1 key`, `2 keys`. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : `${noun}s`}`;
}

/** `1st`, `12th`, `23rd`. */
export function ordinal(place: number): string {
  const isTeen = Math.floor(place / 10) % 10 === 1;
  const ending = isTeen ? "th" : (["th", "st", "nd", "rd"][place % 10] ?? "th");
  return `${place}${ending}`;
}

export function factsOf(object: {
  readonly id: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: string | undefined;
  readonly lastUsed?: string | null | undefined;
}): Fact[] {
  const owner = ownerIn(object.metadata);
  const facts: (Fact | undefined)[] = [
    object.name ? ["Name", object.name] : undefined,
    object.description ? ["Description", object.description] : undefined,
    object.lastUsed ? ["Last used", object.lastUsed] : undefined,
    owner === undefined ? undefined : ["Managed by", owner],
    ["Id", idText(object.id)],
  ];
  return facts.filter((fact) => fact !== undefined);
}

function idText(id: string): string {
  if (isUnresolved(id)) return "not known: its creation is unresolved, and the next up settles it";
  return id.startsWith("urn:") ? "known after the update" : id;
}

/** Of the metadata, only a stack's mark is shown; other texts belong to the user. */
function ownerIn(metadata: string | undefined): string | undefined {
  const mark = readMark(metadata);
  return mark && `stack ${mark.stack}, resource ${mark.resource}`;
}
