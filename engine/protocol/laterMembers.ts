/**
 * Access to members of Pulumi's messages that the oldest supported SDK (see peerDependencies) does not have. The stubs come from
 * the installed SDK: if it lacks a getter or setter, no program that uses it sends or reads the member.
 */

type Read<Message, Getter extends keyof Message> = Message[Getter] extends () => infer Value ? Value : never;

/** What a getter returns, or `absent` if the installed SDK does not have it. */
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

/** Calls a setter if the installed SDK has it. */
export function writeLater<Message, Setter extends keyof Message>(
  message: Message,
  setter: Setter,
  value: Written<Message, Setter>,
): void {
  const write = message[setter] as ((value: Written<Message, Setter>) => unknown) | undefined;
  write?.call(message, value);
}
