/**
 * The module that Pulumi's provider process requires, with the code in each resource's state:
 * `require("pulumi-ngrok-ai/dynamic").provider("<Kind>")`.
 * This entry, the name `provider` and the kinds must never change: states written today call them years from now, and a renamed
 * kind keeps its old name in the registry. Loads a resource's file only on the first use of its kind.
 */

import "../../sdk/nodeVersion";

import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { definitionOf } from "../registry";

/** The provider of one kind of resource, in the form that Pulumi's provider process calls. */
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
