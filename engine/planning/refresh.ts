/** Plans which resources a refresh reads. */
import type { Run } from "../run";
import { dependenciesOf } from "../state/dependencyGraph";
import type { ResourceState } from "../state/resourceState";
import { isRefreshed, RefreshStep } from "../steps/refreshStep";
import type { Urn } from "../values/urn";

/** One step per resource to refresh; all steps may run at once. */
export async function planRefresh(run: Run): Promise<RefreshStep[]> {
  const steps: RefreshStep[] = [];
  for (const state of targeted(run)) {
    const provider = isRefreshed(state) ? await run.providerOfOld(state) : undefined;
    steps.push(new RefreshStep(state, provider, (message) => run.diagnostics.warning(message, state.urn)));
  }
  return steps;
}

/** The targets, with --target-dependents also their dependents; without targets all resources. */
function targeted({ olds, options: { targets } }: Run): ResourceState[] {
  const included = new Set<Urn>();
  return olds.resources.filter((state) => {
    const dependsOnTarget = () => [...dependenciesOf(state)].some((urn) => included.has(urn));
    const isIncluded = targets.names(state.urn) || (targets.takesDependents && dependsOnTarget());
    if (isIncluded) included.add(state.urn);
    return isIncluded;
  });
}
