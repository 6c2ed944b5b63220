/** Shared by both components: the types of a program's values, the context of a plan, and the error for invalid arguments. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { CustomProvider } from "../resources/customProvider";
import type { RoutingRuleShape } from "../routing/rule";
import type { NewAccountArgs } from "./args";
import type { Planned } from "./plan";
import { type Finding, joined } from "./plan/findings";
import type { PlanContext } from "./plan/inputs";
import type { Values } from "./plan/values";

/** The types of values in a plan for a Pulumi program. */
export interface PulumiValues extends Values {
  readonly text: pulumi.Input<string>;
  readonly count: pulumi.Input<number>;
  readonly identity: NonNullable<NewAccountArgs["identity"]>;
  readonly options: pulumi.CustomResourceOptions;
  readonly azureProvider: pulumi.ProviderResource;
  readonly gatewayProvider: pulumi.Input<string> | CustomProvider;
  readonly rule: RoutingRuleShape;
}

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
    // Pulumi's mocks have no organization, and unit tests should not have to set one.
    return "organization";
  }
}

/** All invalid arguments of a component, in one error. */
export class InvalidArgumentsError extends pulumi.RunError {
  constructor(
    kind: string,
    name: string,
    /** The problems, each with the path of its argument, such as `regions.eastus2.priority`. */
    readonly problems: readonly Finding[],
  ) {
    const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
    const lines = problems.map((problem) => `\n  - ${toSentence(name, problem)}`);
    super(`${kind} ${JSON.stringify(name)} has ${count} in its arguments; nothing of it was created:${lines.join("")}`);
  }
}

/** `ai.regions.eastus2.priority is "high", but …` */
export function toSentence(name: string, { path, text }: Finding): string {
  return `${joined(name, path)} ${text}`;
}

/**
 * Returns the plan. Call it before `super`, which registers the component.
 * @throws InvalidArgumentsError when an argument is invalid
 */
export function planOrThrow<Plan>(kind: string, name: string, { plan, problems }: Planned<Plan>): Plan {
  if (plan === undefined) throw new InvalidArgumentsError(kind, name, problems);
  return plan;
}

/** Shows the warnings of a plan for the component. */
export function logWarnings(name: string, { warnings }: Planned<unknown>, component: pulumi.Resource): void {
  for (const warning of warnings) void pulumi.log.warn(toSentence(name, warning), component);
}

/** `undefined` if there are no tags. */
export function toTags(tags: Readonly<Record<string, pulumi.Input<string>>>): {
  tags?: Record<string, pulumi.Input<string>>;
} {
  return Object.keys(tags).length === 0 ? {} : { tags };
}
