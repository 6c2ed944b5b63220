/**
 * What Pulumi's provider process requires, as the text in each resource's state says:
 * `require("pulumi-ngrok-ai/dynamic").provider("<Kind>")`.
 *
 * Frozen: this entry, the name `provider` and the kinds. States written today call them years from now; a kind that is
 * renamed keeps its old name in the registry. Loads a resource's file only when its kind is asked for.
 */

import "../../sdk/nodeVersion";

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { definitionOf } from "../registry";

/** The provider of one kind of resource, in the shape that Pulumi's provider process calls. */
export function provider(kind: string): Required<ResourceProvider> {
  const definition = definitionOf(kind);
  if (definition === undefined) {
    throw new Error(
      `This version of pulumi-ngrok-ai has no resource of kind "${kind}". A later version created it: install that version.`,
    );
  }
  const { DynamicAdapter: Adapter } = require("./adapter") as typeof import("./adapter");
  return new Adapter(definition);
}
