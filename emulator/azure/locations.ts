/**
 * The regions in which accounts can be created, and Azure's notation of them.
 *
 * Not emulated: which models a region offers. Each region offers all models, in the deployment types of the region.
 */

interface Location {
  readonly displayName: string;
  /** The zone in which the DataZone types keep data. Undefined: the region belongs to no zone. */
  readonly dataZone?: "US" | "EU";
  /** Whether it offers the regional type `Standard`. */
  readonly hasStandard?: boolean;
}

const LOCATIONS: Readonly<Record<string, Location>> = {
  australiaeast: { displayName: "Australia East" },
  brazilsouth: { displayName: "Brazil South" },
  canadacentral: { displayName: "Canada Central" },
  canadaeast: { displayName: "Canada East", hasStandard: true },
  centralus: { displayName: "Central US", dataZone: "US" },
  eastus: { displayName: "East US", dataZone: "US", hasStandard: true },
  eastus2: { displayName: "East US 2", dataZone: "US", hasStandard: true },
  francecentral: { displayName: "France Central", dataZone: "EU" },
  germanywestcentral: { displayName: "Germany West Central", dataZone: "EU" },
  italynorth: { displayName: "Italy North", dataZone: "EU" },
  japaneast: { displayName: "Japan East" },
  japanwest: { displayName: "Japan West" },
  koreacentral: { displayName: "Korea Central" },
  northcentralus: { displayName: "North Central US", dataZone: "US", hasStandard: true },
  norwayeast: { displayName: "Norway East" },
  polandcentral: { displayName: "Poland Central", dataZone: "EU" },
  southafricanorth: { displayName: "South Africa North" },
  southcentralus: { displayName: "South Central US", dataZone: "US", hasStandard: true },
  southeastasia: { displayName: "Southeast Asia" },
  southindia: { displayName: "South India" },
  spaincentral: { displayName: "Spain Central", dataZone: "EU" },
  swedencentral: { displayName: "Sweden Central", dataZone: "EU", hasStandard: true },
  switzerlandnorth: { displayName: "Switzerland North", hasStandard: true },
  switzerlandwest: { displayName: "Switzerland West" },
  uaenorth: { displayName: "UAE North" },
  uksouth: { displayName: "UK South", hasStandard: true },
  westeurope: { displayName: "West Europe", dataZone: "EU" },
  westus: { displayName: "West US", dataZone: "US", hasStandard: true },
  westus3: { displayName: "West US 3", dataZone: "US", hasStandard: true },
  usgovarizona: { displayName: "US Gov Arizona", hasStandard: true },
  usgovvirginia: { displayName: "US Gov Virginia", hasStandard: true },
  chinaeast2: { displayName: "China East 2", hasStandard: true },
  chinanorth3: { displayName: "China North 3", hasStandard: true },
};

export const LOCATION_NAMES: readonly string[] = Object.keys(LOCATIONS);

/** "East US 2" and "eastus2" are the same region; Azure answers with the second form. */
export function normalizeLocation(location: string): string {
  return location.toLowerCase().replaceAll(" ", "");
}

export function isLocation(location: string): boolean {
  return Object.hasOwn(LOCATIONS, normalizeLocation(location));
}

export function displayNameOf(location: string): string {
  return LOCATIONS[location]?.displayName ?? location;
}

/** Whether the region offers deployments of the type. */
export function offersSku(location: string, sku: string): boolean {
  const { dataZone, hasStandard = false } = LOCATIONS[location] ?? {};
  if (sku === "Standard") return hasStandard;
  return !sku.startsWith("DataZone") || dataZone !== undefined;
}
