/** What a refresh looks at. */
import type { Run } from "../run";
import { dependenciesOf } from "../state/dependencyGraph";
import type { ResourceState } from "../state/resourceState";
import { isRefreshed, RefreshStep } from "../steps/refreshStep";
import type { Urn } from "../values/urn";

/** A step for each resource to refresh, to be done all at once. */
export async function planRefresh(run: Run): Promise<RefreshStep[]> {
  const steps: RefreshStep[] = [];
  for (const state of targeted(run)) {
    const provider = isRefreshed(state) ? await run.providerOfOld(state) : undefined;
    steps.push(new RefreshStep(state, provider, (message) => run.diagnostics.warning(message, state.urn)));
  }
  return steps;
}

/** The targets, and with --target-dependents what depends on them; without targets everything. */
function targeted({ olds, options: { targets } }: Run): ResourceState[] {
  const included = new Set<Urn>();
  return olds.resources.filter((state) => {
    const dependsOnTarget = () => [...dependenciesOf(state)].some((urn) => included.has(urn));
    const isIncluded = targets.names(state.urn) || (targets.takesDependents && dependsOnTarget());
    if (isIncluded) included.add(state.urn);
    return isIncluded;
  });
}
