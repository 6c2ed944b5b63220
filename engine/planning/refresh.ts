/** What a refresh looks at. */
import { isRefreshed, RefreshStep } from "../steps/refreshStep";
import { providerOfOld, type Run } from "./run";

/** A step for each resource that has anything to refresh, all to be done at once. */
export async function planRefresh(run: Run): Promise<RefreshStep[]> {
  const steps: RefreshStep[] = [];
  for (const state of run.olds.resources) {
    if (!run.options.targets.includes(state.urn)) continue;
    const provider = isRefreshed(state) ? await providerOfOld(run, state) : undefined;
    steps.push(new RefreshStep(state, provider, (message) => run.diagnostics.warning(message, state.urn)));
  }
  return steps;
}
