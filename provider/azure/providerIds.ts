/** Provider ids that the gateways of one program use, so that a preview rejects two components with the same prefix. */
import type * as pulumi from "@pulumi/pulumi";
import { packageOfResources } from "../resources/gatewayResource";
import { perRun } from "./perRun";

/** Owner's name by provider id. */
type Owners = Map<string, string>;

/** By explicit provider of the gateway, because each may belong to a different account. */
const ownersByAccount = perRun(() => new Map<pulumi.ProviderResource | undefined, Owners>());

/** Provider id → name of the component that uses it, in the account of these options. */
export function providerIdOwners(opts: pulumi.ComponentResourceOptions | undefined): Owners {
  const accounts = ownersByAccount();
  const account = gatewayProviderOf(opts ?? {});
  const owners: Owners = accounts.get(account) ?? new Map<string, string>();
  accounts.set(account, owners);
  return owners;
}

/** The explicit gateway provider that a component's children inherit. */
function gatewayProviderOf(opts: pulumi.ComponentResourceOptions): pulumi.ProviderResource | undefined {
  const { provider, providers = [], parent } = opts;
  const given = [provider, ...(Array.isArray(providers) ? providers : Object.values(providers))];
  // `getProvider` needs a registered component, and nothing is registered yet.
  const isGateway = (each: pulumi.ProviderResource) => Reflect.get(each, "pkg") === packageOfResources();
  return (
    given.find((each) => each !== undefined && isGateway(each)) ??
    parent?.getProvider(`${packageOfResources()}:index:Resource`)
  );
}
