/** How the written program names one object where another one refers to it. */
import { stackOfMark } from "../../provider/lifecycle/adopt";
import type { Rule } from "../../provider/routing/routingRules";
import { Source, type Writable } from "./literals";

interface Known {
  readonly id: string;
  readonly name?: string | undefined;
  readonly metadata?: string | undefined;
}

interface Named {
  readonly id: string;
  readonly variable: string;
}

export interface PlainAccess {
  readonly providers?: { readonly allow: readonly string[] };
  readonly models?: { readonly allow: readonly string[] };
}

export class References {
  private readonly variables = new Map<string, string>();
  private readonly providers = new Map<string, string>();
  private readonly stacks = new Map<string, string>();
  private readonly labels = new Map<string, string>();
  private notes: string[] = [];

  /** What can be referred to later, whether it gets into the program or not. */
  know(objects: readonly Known[]): void {
    for (const { id, name, metadata } of objects) {
      this.labels.set(id, name ?? "");
      const stack = stackOfMark(metadata);
      if (stack !== undefined) this.stacks.set(id, stack);
    }
  }

  add({ id, variable }: Named): void {
    this.variables.set(id, variable);
  }

  addProvider(providerId: string, { variable }: Named): void {
    this.providers.set(providerId, variable);
  }

  /** The stack that marked the object as its own. */
  stackOf(id: string): string | undefined {
    return this.stacks.get(id);
  }

  /** The resource where it is in the program, else the id, and a note that says whose it is. */
  byId(id: string): Writable {
    const variable = this.variables.get(id);
    if (variable !== undefined) return new Source(variable);
    const label = this.labels.get(id);
    const stack = this.stacks.get(id);
    const whose = stack === undefined ? "is not in this program" : `is managed by the stack ${stack}`;
    this.notes.push(`${id}${label ? ` (${JSON.stringify(label)})` : ""} ${whose}.`);
    return id;
  }

  /** A provider by its `providerId` or, where the API holds that instead, by its id. */
  provider(text: string): Writable {
    const byName = this.providers.get(text);
    if (byName !== undefined) return new Source(byName);
    // A custom provider as an argument stands for its providerId.
    const variable = this.variables.get(text);
    return variable === undefined ? text : new Source(`${variable}.id`);
  }

  access({ providers, models }: PlainAccess): { readonly [key: string]: Writable } {
    return {
      ...(providers && { providers: { allow: providers.allow.map((entry) => this.provider(entry)) } }),
      ...(models && { models: { allow: models.allow } }),
    };
  }

  /** In the short form, where one step of own keys is all there is. */
  rule({ provider, model, steps }: Rule): { readonly [key: string]: Writable } {
    const selector = {
      ...(provider !== undefined && { provider: this.provider(provider) }),
      ...(model !== undefined && { model }),
    };
    const [first] = steps;
    if (steps.length === 1 && first?.type === "user") return { ...selector, keys: this.keys(first.keys) };
    const written = steps.map(({ type, keys }) => (type === "ngrok" ? { type } : { type, keys: this.keys(keys) }));
    return { ...selector, steps: written };
  }

  private keys(keys: readonly { id: string }[] = []): readonly Writable[] {
    return keys.map(({ id }) => this.byId(id));
  }

  /** What was to be said since it was last asked. */
  takeNotes(): readonly string[] {
    const notes = [...new Set(this.notes)];
    this.notes = [];
    return notes;
  }
}
