/** What both components share: a plan for the stack and day that it is, and what becomes of what is wrong with it. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Planned } from "./plan";
import type { PlanContext } from "./plan/shapes";

export function currentContext(): PlanContext {
  return {
    stack: `${organization()}/${pulumi.getProject()}/${pulumi.getStack()}`,
    today: new Date().toISOString().slice(0, 10),
    hash: (text) => createHash("sha256").update(text).digest("hex"),
  };
}

function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    // Only under Pulumi's mocks is there none; a unit test should not have to name one.
    return "organization";
  }
}

/** The plan, if it can be carried out. To be called before `super`: after it the component is registered already. */
export function settled<Plan>(kind: string, name: string, { plan, problems }: Planned<Plan>): Plan {
  if (problems.length === 0) return plan;
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const lines = problems.map((problem) => `\n  - ${problem}`);
  throw new pulumi.RunError(
    `${kind} ${JSON.stringify(name)} has ${count} in its arguments; nothing of it was created:${lines.join("")}`,
  );
}

/** A value that the plan hands on as it came, back in the type that the arguments gave it. */
export function asInput<T>(value: unknown): pulumi.Input<T> {
  return value as pulumi.Input<T>;
}

export function asTags(tags: Readonly<Record<string, unknown>>): { tags?: Record<string, pulumi.Input<string>> } {
  return Object.keys(tags).length === 0 ? {} : { tags: tags as Record<string, pulumi.Input<string>> };
}
