/** The topology of a stack: what its state says is there, and what a preview would make of it. */
import { findingsOf } from "../../account/findings";
import { readDeployment } from "../../account/stackState";
import type { Change, Topology } from "../topology";
import { type PreviewStep, readPreview } from "./previewDocument";
import {
  isRecord,
  type PulumiResource,
  type RawResource,
  secretsIn,
  stackOf,
  toPulumiResource,
} from "./pulumiResource";
import { azureAccounts, failoverOf } from "./stackAzure";
import { stackObjects } from "./stackObjects";

export interface StackDocuments {
  /** A file, or `-`. */
  readonly state?: string;
  /** A file, or `-`. */
  readonly preview?: string;
}

const CHANGES: Readonly<Record<string, Change>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "create",
};

/** @throws Error that says what is wrong with a document. */
export function stackTopology({ state, preview }: StackDocuments): Topology {
  const managed = state === undefined ? [] : (readDeployment(state).resources ?? []).filter((entry) => !entry.delete);
  const previewed = preview === undefined ? undefined : readPreview(preview);
  const secrets = [...secretsIn([managed, previewed?.steps, previewed?.outputs])];
  const byUrn = new Map(managed.map((raw) => [raw.urn, toPulumiResource(raw, false, secrets)]));
  const changes = new Map<string, Change>();
  for (const step of previewed?.steps ?? []) addStep(step, byUrn, changes, secrets);
  const resources = [...byUrn.values(), ...outputsAsStack(previewed?.outputs, secrets)];
  const { objects, notes } = stackObjects(resources);
  const staying = resources.filter(({ id }) => changes.get(id) !== "delete");
  return {
    title: titleOf(resources, preview !== undefined),
    objects,
    azureAccounts: azureAccounts(resources),
    failover: failoverOf(resources),
    // A state does not say when a key was last used.
    findings: findingsOf(stackObjects(staying).objects).filter(({ finding }) => finding !== "key-never-used"),
    changes,
    notes: [...new Set(notes)],
  };
}

function addStep(
  { op, urn, oldState, newState }: PreviewStep,
  byUrn: Map<string, PulumiResource>,
  changes: Map<string, Change>,
  secrets: readonly string[],
): void {
  const raw = newState ?? oldState;
  if (raw === undefined) return;
  // A replacement comes as several steps for one URN: what will be there counts, the deletion of the old one does not.
  const known = byUrn.get(urn);
  if (newState === undefined && known !== undefined && changes.get(known.id) === "replace") return;
  const resource = toPulumiResource(raw, newState !== undefined, secrets);
  const change = CHANGES[op];
  byUrn.set(urn, resource);
  if (change !== undefined) changes.set(resource.id, change);
}

/** What a preview tells of the stack's outputs beside its steps. */
function outputsAsStack(outputs: unknown, secrets: readonly string[]): PulumiResource[] {
  if (!isRecord(outputs)) return [];
  const raw: RawResource = { urn: "", type: "pulumi:pulumi:Stack", outputs };
  return [toPulumiResource(raw, false, secrets)];
}

function titleOf(resources: readonly PulumiResource[], isPreview: boolean): string {
  const urn = resources.find((resource) => resource.urn !== "")?.urn;
  const stack = urn === undefined ? "An empty stack" : `Stack ${stackOf(urn)}`;
  return isPreview ? `${stack}, as previewed` : stack;
}
