/**
 * Members of Pulumi's messages that came after the oldest supported SDK (see peerDependencies). The stubs are those of the
 * installed SDK: an older one has neither the getter nor the setter, and no program that uses it sends or reads the member.
 */

type Read<Message, Getter extends keyof Message> = Message[Getter] extends () => infer Value ? Value : never;

/** What a getter returns, or `absent` where the installed SDK does not have it. */
export function readLater<Message, Getter extends keyof Message, Absent>(
  message: Message,
  getter: Getter,
  absent: Absent,
): Read<Message, Getter> | Absent {
  const read = message[getter] as (() => Read<Message, Getter>) | undefined;
  return read === undefined ? absent : read.call(message);
}

type Written<Message, Setter extends keyof Message> = Message[Setter] extends (value: infer Value) => unknown
  ? Value
  : never;

/** Calls a setter, unless the installed SDK does not have it. */
export function writeLater<Message, Setter extends keyof Message>(
  message: Message,
  setter: Setter,
  value: Written<Message, Setter>,
): void {
  const write = message[setter] as ((value: Written<Message, Setter>) => unknown) | undefined;
  write?.call(message, value);
}
