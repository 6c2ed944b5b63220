/** Api-versions of the resource manager's types. They are separate from those of the data plane, though some look alike. */

const COGNITIVE_SERVICES = [
  "2021-04-30",
  "2021-10-01",
  "2022-03-01",
  "2022-10-01",
  "2022-12-01",
  "2023-05-01",
  "2023-10-01-preview",
  "2024-04-01-preview",
  "2024-06-01-preview",
  "2024-10-01",
  "2025-04-01-preview",
  "2025-06-01",
  "2025-07-01-preview",
  "2025-09-01",
  "2025-10-01-preview",
  "2025-12-01",
  "2026-01-15-preview",
  "2026-03-01",
  "2026-03-15-preview",
  "2026-05-01",
  "2026-05-15-preview",
  "2026-07-01",
];

/** By namespace or type, in lower case; the versions that `@pulumi/azure-native` 3.28 uses. */
const API_VERSIONS: Readonly<Record<string, readonly string[]>> = {
  "microsoft.cognitiveservices": COGNITIVE_SERVICES,
  "microsoft.insights/diagnosticsettings": ["2017-05-01-preview", "2021-05-01-preview"],
  "microsoft.insights/metricalerts": ["2018-03-01", "2024-03-01-preview", "2026-01-01"],
  "microsoft.insights/actiongroups": [
    "2018-03-01",
    "2022-06-01",
    "2023-01-01",
    "2023-09-01-preview",
    "2024-10-01-preview",
  ],
  "microsoft.operationalinsights/workspaces": [
    "2020-08-01",
    "2020-10-01",
    "2021-06-01",
    "2021-12-01-preview",
    "2022-10-01",
    "2023-09-01",
    "2025-02-01",
    "2025-07-01",
  ],
};

const DAY = /^\d{4}-\d{2}-\d{2}(-preview)?$/;

export interface UnknownApiVersion {
  readonly type: string;
  readonly supported: readonly string[];
}

/** The problem with the api-version for the path's resource type; undefined if it is valid. */
export function unknownApiVersionOf(path: string, apiVersion: string): UnknownApiVersion | undefined {
  const [namespace, type] = typeOf(path);
  const supported = API_VERSIONS[namespace.toLowerCase()] ?? API_VERSIONS[`${namespace}/${type}`.toLowerCase()];
  const isKnown = supported?.includes(apiVersion) ?? DAY.test(apiVersion);
  return isKnown ? undefined : { type, supported: supported ?? COGNITIVE_SERVICES };
}

const PROVIDERS = "/providers/";

/** Namespace and type of the innermost resource: `.../providers/Microsoft.Insights/metricAlerts/x`. */
function typeOf(path: string): readonly [namespace: string, type: string] {
  const at = path.toLowerCase().lastIndexOf(PROVIDERS);
  const [namespace = "", type = ""] = at === -1 ? [] : path.slice(at + PROVIDERS.length).split("/", 2);
  return namespace === "" ? ["", "resourceGroups"] : [namespace, type];
}
