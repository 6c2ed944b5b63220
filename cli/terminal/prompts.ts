/** Questions to the user at a terminal. The library is loaded with the first question. */

/** Whether a user can answer. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true && !process.env.CI;
}

/** `undefined`: the question was canceled. */
export async function askForChoice<Choice extends string>(
  message: string,
  choices: readonly Choice[],
  initial: Choice,
): Promise<Choice | undefined> {
  const { isCancel, select } = await import("@clack/prompts");
  const options = choices.map((value) => ({ value: value as string, label: value }));
  const answer = await select({ message, options, initialValue: initial as string });
  return isCancel(answer) ? undefined : (answer as Choice);
}

/** Asks for a text that is hidden while typed. `undefined`: the question was canceled. */
export async function askForSecret(message: string): Promise<string | undefined> {
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await password({ message });
  return isCancel(answer) ? undefined : (answer ?? "");
}
