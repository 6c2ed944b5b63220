/** Azure accounts and the failover order, from the resources of a stack. */
import type { AzureAccount, Failover } from "../topology";
import { isRecord, type PulumiResource, text, texts } from "./pulumiResource";

const ACCOUNT_TYPE = /^azure-native:cognitiveservices(\/\w+)?:Account$/;
const DEPLOYMENT_TYPE = /^azure-native:cognitiveservices(\/\w+)?:Deployment$/;
const GATEWAY_COMPONENT = "ngrok-ai:azure:AzureOpenAIGateway";
const STACK_TYPE = "pulumi:pulumi:Stack";

export function azureAccounts(resources: readonly PulumiResource[]): AzureAccount[] {
  const accounts = resources.filter(({ type }) => ACCOUNT_TYPE.test(type));
  const urns = new Set(accounts.map(({ urn }) => urn));
  const deployments = Map.groupBy(
    resources.filter(({ type }) => DEPLOYMENT_TYPE.test(type)),
    (deployment) => accountOf(deployment, urns),
  );
  return accounts.map((account) => {
    const { fields } = account;
    const properties = isRecord(fields.properties) ? fields.properties : {};
    const name = text(fields.accountName) ?? text(fields.name) ?? account.name;
    const found = [...(deployments.get(account.urn) ?? []), ...(deployments.get(name) ?? [])];
    return {
      id: account.id,
      name,
      subdomain: (text(properties.customSubDomainName) ?? name).toLowerCase(),
      location: text(fields.location)?.toLowerCase().replaceAll(" ", ""),
      resourceGroup: text(fields.resourceGroupName) ?? /\/resourceGroups\/([^/]+)/i.exec(account.id)?.[1],
      deployments: found.map(toDeployment),
    };
  });
}

/** The account's name if it is known, else the account that the deployment depends on. */
function accountOf(deployment: PulumiResource, accounts: ReadonlySet<string>): string | undefined {
  const name = text(deployment.fields.accountName) ?? /\/accounts\/([^/]+)/.exec(deployment.id)?.[1];
  return name ?? deployment.dependenciesOf("accountName").find((urn) => accounts.has(urn));
}

function toDeployment({ fields, name }: PulumiResource): AzureAccount["deployments"][number] {
  const { properties, sku } = fields;
  const model = isRecord(properties) && isRecord(properties.model) ? properties.model : {};
  const units = isRecord(sku) ? [text(sku.name), sku.capacity].filter((part) => part !== undefined).join(" ") : "";
  return {
    name: text(fields.deploymentName) ?? text(fields.name) ?? name,
    details: [[model.name, model.version].filter(Boolean).join(" "), units].filter(Boolean).join(", "),
  };
}

/** From the outputs of the components, or of the stack if they have none yet. */
export function failoverOf(resources: readonly PulumiResource[]): Failover[] {
  for (const source of [GATEWAY_COMPONENT, STACK_TYPE]) {
    const found = resources.filter(({ type }) => type === source).flatMap(({ fields }) => ordersIn(fields.models));
    if (found.length > 0) return found;
  }
  return [];
}

function ordersIn(models: unknown): Failover[] {
  if (!isRecord(models)) return [];
  return Object.entries(models).flatMap(([model, list]) => {
    const targets = texts(list) ?? [];
    return targets.length > 0 && targets.every((target) => target.includes(":")) ? [{ model, targets }] : [];
  });
}
