/** The outputs of a stack, in the form for programs and in the form for display. */
import { maskSecrets } from "./display/masking";
import type { OutputMap } from "./results";
import type { ResourceState } from "./state/resourceState";
import { mapToState, plaintextWriter } from "./state/stateValues";
import { isStackUrn } from "./values/urn";
import { containsUnknowns, type Json, type PropertyMap, Secret, withoutWrappers } from "./values/values";

export function stackOutputsOf(resources: readonly ResourceState[]): PropertyMap | undefined {
  return resources.find((state) => isStackUrn(state.urn) && !state.delete)?.outputs;
}

/** Outputs for programs. Unknown outputs are left out. */
export function outputMap(outputs: PropertyMap): OutputMap {
  const known = Object.entries(outputs).filter(([, value]) => !containsUnknowns(value));
  return Object.fromEntries(
    known.map(([name, value]) => [name, { value: plainJson(value), secret: value instanceof Secret }]),
  );
}

function plainJson(value: PropertyMap[string]): Json {
  return mapToState({ value: withoutWrappers(value) }, plaintextWriter).value ?? null;
}

/** Outputs for display: every secret, at any depth, is the text `[secret]`. Unknown outputs are left out. */
export function maskedMap(outputs: PropertyMap): Record<string, Json> {
  const known = Object.entries(outputs).filter(([, value]) => !containsUnknowns(value));
  return maskSecrets(mapToState(Object.fromEntries(known), () => ({}))) as Record<string, Json>;
}
