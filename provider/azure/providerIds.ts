/** Provider ids that the gateways of one program use, so that two components with one prefix are refused at preview. */
import type * as pulumi from "@pulumi/pulumi";
import { packageOfResources } from "../resources/gatewayResource";
import { perRun } from "./perRun";

/** Owner's name by provider id. */
type Owners = Map<string, string>;

/** By explicit provider of the gateway, each of which may be of another account. */
const ownersByAccount = perRun(() => new Map<pulumi.ProviderResource | undefined, Owners>());

/** Names of the components that use provider ids in the account of these options, by id. */
export function providerIdOwners(opts: pulumi.ComponentResourceOptions | undefined): Owners {
  const accounts = ownersByAccount();
  const account = gatewayProviderOf(opts ?? {});
  const owners: Owners = accounts.get(account) ?? new Map<string, string>();
  accounts.set(account, owners);
  return owners;
}

/** The explicit provider of the gateway that a component's children get. */
function gatewayProviderOf(opts: pulumi.ComponentResourceOptions): pulumi.ProviderResource | undefined {
  const { provider, providers = [], parent } = opts;
  const given = [provider, ...(Array.isArray(providers) ? providers : Object.values(providers))];
  // Only a registered component can be asked for its provider of a package, and nothing is registered yet.
  const isGateway = (each: pulumi.ProviderResource) => Reflect.get(each, "pkg") === packageOfResources();
  return (
    given.find((each) => each !== undefined && isGateway(each)) ??
    parent?.getProvider(`${packageOfResources()}:index:Resource`)
  );
}
