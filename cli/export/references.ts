/** The exported program's references from one object to another. */
import { readMark } from "../../provider/lifecycle/ownership";
import type { Rule } from "../../provider/routing/rule";
import { type PlannedArgs, type PlannedValue, ResourceReference } from "./plannedValue";

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

const NO_NOTES: readonly string[] = [];

export class References {
  private readonly variables = new Map<string, string>();
  private readonly providers = new Map<string, string>();
  private readonly stacks = new Map<string, string>();
  private readonly labels = new Map<string, string>();
  private notes: string[] = [];

  /** Records objects that later references may name, in the program or not. */
  know(objects: readonly Known[]): void {
    for (const { id, name, metadata } of objects) {
      this.labels.set(id, name ?? "");
      const stack = readMark(metadata)?.stack;
      if (stack !== undefined) this.stacks.set(id, stack);
    }
  }

  add({ id, variable }: Named): void {
    this.variables.set(id, variable);
  }

  addProvider(providerId: string, { variable }: Named): void {
    this.providers.set(providerId, variable);
  }

  /** The stack whose mark the object carries. */
  stackOf(id: string): string | undefined {
    return this.stacks.get(id);
  }

  /** The resource if it is in the program, else the id with a note that names the managing stack. */
  byId(id: string): PlannedValue {
    const variable = this.variables.get(id);
    if (variable !== undefined) return new ResourceReference(variable);
    const label = this.labels.get(id);
    const stack = this.stacks.get(id);
    const whose = stack === undefined ? "is not in this program" : `is managed by the stack ${stack}`;
    this.notes.push(`${id}${label ? ` (${JSON.stringify(label)})` : ""} ${whose}.`);
    return id;
  }

  /** A provider by its `providerId` or, if the API returns that instead, by its id. */
  provider(text: string): PlannedValue {
    const byName = this.providers.get(text);
    if (byName !== undefined) return new ResourceReference(byName);
    // As an argument, a custom provider represents its providerId.
    const variable = this.variables.get(text);
    return variable === undefined ? text : new ResourceReference(variable, "id");
  }

  access({ providers, models }: PlainAccess): PlannedArgs {
    return {
      ...(providers && { providers: { allow: providers.allow.map((entry) => this.provider(entry)) } }),
      ...(models && { models: { allow: models.allow } }),
    };
  }

  /** In the short form if the rule has one step with the account's own keys. */
  rule({ provider, model, steps }: Rule): PlannedArgs {
    const selector = {
      ...(provider !== undefined && { provider: this.provider(provider) }),
      ...(model !== undefined && { model }),
    };
    const [first] = steps;
    if (steps.length === 1 && first?.type === "user") return { ...selector, keys: this.keys(first.keys) };
    const written = steps.map(({ type, keys }) => (type === "ngrok" ? { type } : { type, keys: this.keys(keys) }));
    return { ...selector, steps: written };
  }

  private keys(keys: readonly { id: string }[] = []): readonly PlannedValue[] {
    return keys.map(({ id }) => this.byId(id));
  }

  /** The notes since the last call. */
  takeNotes(): readonly string[] {
    if (this.notes.length === 0) return NO_NOTES;
    const notes = [...new Set(this.notes)];
    this.notes = [];
    return notes;
  }
}
