import type { ImportStatement } from "./importStatements";

/** What the files of one place may import. The first rule whose `files` fit a file is its rule. */
export interface ImportRule {
  readonly files: RegExp;
  readonly mayImport: readonly RegExp[];
  /** What it may import besides, where only types are taken. */
  readonly mayImportTypesOf?: readonly RegExp[];
}

const NODE = /^node:/;
const ZOD = /^zod$/;
const PULUMI = /^@pulumi\/pulumi(\/|$)/;
const SDK = /^sdk(\/|$)/;
const CONTRACT = /^sdk\/contract\//;
const LIFECYCLE = /^provider\/lifecycle\//;
const ROUTING = /^provider\/routing\//;
const ADDRESS = /^provider\/azureAddress$/;
const DYNAMIC = /^provider\/dynamic\//;
const PLUGIN = /^provider\/plugin\//;
const PLUGIN_PROTOCOL = /^provider\/plugin\/protocol\//;
const RESOURCES = /^provider\/resources\//;
const REGISTRY = /^provider\/registry$/;
const EMULATOR = /^emulator(\/|$)/;
const MANIFEST = /^package\.json$/;
const ANYTHING = /^/;
/** The first import of every entry. */
const NODE_VERSION = /^sdk\/nodeVersion$/;
const GRPC = /^@grpc\/grpc-js$/;
const PROTOBUF = /^google-protobuf\//;
const RESULTS = /^engine\/results$/;

/** What the Azure components may import. */
const AZURE = [
  NODE_VERSION,
  /^provider\/azure\//,
  ADDRESS,
  RESOURCES,
  LIFECYCLE,
  ROUTING,
  PULUMI,
  /^node:crypto$/,
  /^sdk\/(nearest|oneLine)$/,
  /^@pulumi\/azure-native\/(cognitiveservices|resources|authorization|monitor|package\.json)$/,
];

/** Rooms of the engine, with what every one of them may use. */
function engine(...rooms: string[]): RegExp[] {
  const inRoom = rooms.map((room) => new RegExp(`^engine/${room}/`));
  return [...inRoom, NODE, /^engine\/(errors|results|diagnostics)$/];
}

export const importRules: readonly ImportRule[] = [
  // sdk: knows nothing of Pulumi, and only two of its files know the HTTP library.
  { files: /^sdk\/contract\//, mayImport: [ZOD, CONTRACT] },
  {
    files: /^sdk\/(retryTiming|secrets|oneLine|clock|nearest)$/,
    mayImport: [],
    mayImportTypesOf: [/^sdk\/errors$/],
  },
  { files: /^sdk\/serverClock$/, mayImport: [/^sdk\/retryTiming$/] },
  {
    files: /^sdk\/errors$/,
    mayImport: [/^sdk\/(secrets|oneLine|contract\/errorCodes)$/],
    mayImportTypesOf: [CONTRACT, /^sdk\/(attempt|retryTiming)$/],
  },
  { files: /^sdk\/account$/, mayImport: [/^node:crypto$/, /^undici$/, /^p-limit$/] },
  { files: /^sdk\/attempt$/, mayImport: [], mayImportTypesOf: [CONTRACT, /^undici$/] },
  { files: /^sdk\//, mayImport: [SDK], mayImportTypesOf: [ZOD] },

  // provider: a resource knows the client and the lifecycle, never another resource; only an adapter knows them all.
  { files: /^provider\/runtime\/dynamic$/, mayImport: [/^provider\/dynamic$/] }, // the former path of the frozen entry
  { files: /^provider\/resources\/userPosition$/, mayImport: [/^node:path$/] },
  { files: /^provider\/resources\/loadable$/, mayImport: [PULUMI, /^node:(module|path)$/] },
  {
    files: /^provider\/resources\/gatewayResource$/,
    mayImport: [LIFECYCLE, PULUMI, /^provider\/resources\/(userPosition|loadable)$/],
  },
  {
    files: /^provider\/resources\//,
    mayImport: [
      SDK,
      LIFECYCLE,
      ROUTING,
      ADDRESS,
      PULUMI,
      ZOD,
      /^provider\/resources\/(gatewayResource|customProviderSets)$/,
    ],
    mayImportTypesOf: [RESOURCES],
  },
  { files: /^provider\/lifecycle\//, mayImport: [SDK, LIFECYCLE, ZOD, NODE] },
  { files: /^provider\/routing\//, mayImport: [SDK, LIFECYCLE, ROUTING, ZOD], mayImportTypesOf: [PULUMI] },
  { files: /^provider\/registry$/, mayImport: [RESOURCES], mayImportTypesOf: [LIFECYCLE] },
  { files: /^provider\/dynamic(\/|$)/, mayImport: [SDK, LIFECYCLE, REGISTRY, DYNAMIC, PULUMI] },
  {
    files: PLUGIN_PROTOCOL,
    mayImport: [/^sdk\/secrets$/, LIFECYCLE, PLUGIN_PROTOCOL, NODE, PULUMI],
    mayImportTypesOf: [GRPC, PROTOBUF],
  },
  {
    // Programs of the plugin's own: the components, with all of Pulumi's SDK.
    files: /^provider\/plugin\/components\//,
    mayImport: [
      LIFECYCLE,
      PLUGIN,
      PULUMI,
      /^provider\/azure\/(component|gateway|region)$/,
      /^provider\/resources\/gatewayResource$/,
    ],
  },
  { files: PLUGIN, mayImport: [SDK, LIFECYCLE, REGISTRY, PLUGIN, NODE, PULUMI] },
  {
    files: /^provider\/azure\/plan(\/|$)/, // pure: data in, data out
    mayImport: [
      /^provider\/azure\/plan(\/|$)/,
      ADDRESS,
      /^sdk\/contract\/(limits|builtInProviders)$/,
      /^sdk\/nearest$/,
    ],
  },
  // azure-native can neither look up nor purge a deleted account, so one file calls the resource manager itself.
  { files: /^provider\/azure\/deletedAccounts$/, mayImport: [...AZURE, /^undici$/, /^node:timers\/promises$/] },
  // The engine calls hooks outside of a run, so their callbacks take it along.
  { files: /^provider\/azure\/perRun$/, mayImport: [...AZURE, /^node:async_hooks$/] },
  { files: /^provider\/azure\//, mayImport: AZURE, mayImportTypesOf: [ZOD] },
  { files: ADDRESS, mayImport: [] }, // pure: shared by the resources and the components
  { files: /^provider\/index$/, mayImport: [NODE_VERSION, RESOURCES, ROUTING, /^provider\/dynamic\/provider$/] },

  // engine: imports nothing of ours. A room inside it may import only the rooms above it here; every room may import
  // `errors`, `results` and `diagnostics`. The run holds what its rooms share, and knows none of those that use it.
  {
    files: /^engine\/(errors|results|diagnostics)$/,
    mayImport: engine("values"),
    mayImportTypesOf: [PULUMI],
  },
  { files: /^engine\/values\//, mayImport: engine("values"), mayImportTypesOf: [RESULTS] },
  {
    files: /^engine\/protocol\//,
    mayImport: [...engine("protocol", "values"), PULUMI, GRPC],
    mayImportTypesOf: [PROTOBUF],
  },
  {
    files: /^engine\/state\//,
    mayImport: [...engine("state", "values"), /^@pulumi\/pulumi\/version$/],
    mayImportTypesOf: [RESULTS],
  },
  { files: /^engine\/project\//, mayImport: [...engine("project", "state", "values"), /^yaml$/] },
  // It asks where gRPC is, and leaves it there.
  { files: /^engine\/processes\//, mayImport: [...engine("processes", "project", "values"), GRPC] },
  {
    files: /^engine\/providers\//,
    mayImport: engine("providers", "processes", "project", "protocol", "state", "values"),
  },
  {
    files: /^engine\/program\//,
    mayImport: engine("program", "providers", "processes", "protocol", "state", "values"),
  },
  {
    files: /^engine\/steps\//,
    mayImport: engine("steps", "providers", "state", "values"),
    mayImportTypesOf: engine("program"),
  },
  {
    files: /^engine\/planning\//,
    mayImport: engine("planning", "steps", "providers", "state", "values"),
    mayImportTypesOf: [...engine("program"), /^engine\/run$/],
  },
  {
    files: /^engine\/display\//,
    mayImport: engine("display", "state", "values"),
    mayImportTypesOf: [...engine("steps"), PULUMI],
  },
  {
    files: /^engine\/(run|runRequest)$/,
    mayImport: engine("planning", "program", "display", "providers", "processes", "project", "state", "values"),
    mayImportTypesOf: [...engine("steps"), /^engine\/runRequest$/],
  },
  { files: /^engine\//, mayImport: [/^engine\//, NODE] },

  // emulator: shares the contract with the client, never the client. Only its entry also exports the engine.
  { files: /^emulator\/index$/, mayImport: [NODE_VERSION, EMULATOR, /^engine$/] },
  {
    files: /^emulator\/azure\/plugin\//, // the stand-in for the provider plugin that Pulumi starts
    mayImport: [NODE_VERSION, EMULATOR, NODE, /^undici$/, /^engine\/protocol\/stubs$/],
  },
  // A file of data is locked as a state is.
  { files: /^emulator\/journal$/, mayImport: [EMULATOR, NODE, /^engine\/(errors|state\/lock)$/] },
  { files: /^emulator\/canned\//, mayImport: [/^emulator\/canned\//, /^randexp$/] }, // what canned models answer: pure
  {
    files: /^emulator\//,
    mayImport: [EMULATOR, NODE, CONTRACT, ZOD, MANIFEST, /^hono(\/|$)/, /^@hono\/node-server(\/|$)/, /^undici$/],
  },

  // cli: puts the rooms together.
  { files: /^cli\//, mayImport: [ANYTHING] },

  // policies: a Pulumi project of its own, which users copy.
  { files: /^policies\//, mayImport: [/^policies\//, /^@pulumi\/policy$/] },

  // examples: programs as users write them. Their own files, this package by its name, and packages from the registry.
  {
    files: /^examples\//,
    mayImport: [/^examples\//, /^pulumi-ngrok-ai(\/|$)/, NODE, /^(?!(sdk|provider|emulator|cli|test)(\/|$))[@a-z]/],
  },
];

/** Why an import is against the rules, or `undefined` where it is not. */
export function violation(statement: ImportStatement): string | undefined {
  const rule = importRules.find((candidate) => candidate.files.test(statement.from));
  if (rule === undefined) {
    return `${statement.from} is in no room: no rule says what it may import`;
  }
  const allowed = [...rule.mayImport, ...(statement.isTypeOnly ? (rule.mayImportTypesOf ?? []) : [])];
  const isAllowed = allowed.some((target) => target.test(statement.to));
  const what = statement.isTypeOnly ? "types of" : "at run time";
  return isAllowed ? undefined : `${statement.from}:${statement.line} imports ${what} ${statement.to}`;
}
