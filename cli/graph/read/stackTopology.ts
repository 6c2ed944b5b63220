/** The topology of a stack, from its state, a preview, or both. */
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

/** @throws Error that names the wrong part of a document. */
export function stackTopology({ state, preview }: StackDocuments): Topology {
  const managed = state === undefined ? [] : (readDeployment(state).resources ?? []).filter((entry) => !entry.delete);
  const previewed = preview === undefined ? undefined : readPreview(preview);
  if (previewed !== undefined && previewed.unlistedCount > 0 && state === undefined) {
    throw new Error(
      `the preview leaves out ${previewed.unlistedCount} resources that do not change, so a picture of it would be wrong: ` +
        "add --show-sames to `pulumi preview --json`, or give the state with --state",
    );
  }
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

/** Operations after which the resource still has the same object. */
const KEEPING: ReadonlySet<string> = new Set(["same", "update"]);

/** The Pulumi CLI prints a kept resource's new state before it copies id and outputs from the old one. */
function plannedState({ op, oldState, newState }: PreviewStep): RawResource | undefined {
  if (newState === undefined || oldState === undefined || !KEEPING.has(op)) return newState;
  const hasOutputs = Object.keys(newState.outputs ?? {}).length > 0;
  return {
    ...newState,
    id: newState.id || oldState.id,
    outputs: hasOutputs ? newState.outputs : oldState.outputs,
  };
}

function addStep(
  step: PreviewStep,
  byUrn: Map<string, PulumiResource>,
  changes: Map<string, Change>,
  secrets: readonly string[],
): void {
  const { op, urn, oldState } = step;
  const newState = plannedState(step);
  const raw = newState ?? oldState;
  if (raw === undefined) return;
  // A replacement has several steps with one URN; the deletion of the old object is not drawn.
  const known = byUrn.get(urn);
  if (newState === undefined && known !== undefined && changes.get(known.id) === "replace") return;
  const resource = toPulumiResource(raw, newState !== undefined, secrets);
  const change = CHANGES[op];
  byUrn.set(urn, resource);
  if (change !== undefined) changes.set(resource.id, change);
}

/** The stack's outputs, which a preview has beside its steps. */
function outputsAsStack(outputs: unknown, secrets: readonly string[]): PulumiResource[] {
  if (!isRecord(outputs)) return [];
  const raw: RawResource = { urn: "", type: "pulumi:pulumi:Stack", outputs };
  return [toPulumiResource(raw, false, secrets)];
}

function titleOf(resources: readonly PulumiResource[], isPreview: boolean): string {
  const urn = resources.find((resource) => resource.urn !== "")?.urn;
  const stack = urn === undefined ? "Empty stack" : `Stack ${stackOf(urn)}`;
  return isPreview ? `${stack}, previewed` : stack;
}
