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
const RUNTIME = /^provider\/runtime\//;
const RESOURCES = /^provider\/resources\//;
const EMULATOR = /^emulator(\/|$)/;
const MANIFEST = /^package\.json$/;
const ANYTHING = /^/;

export const importRules: readonly ImportRule[] = [
  // sdk: knows nothing of Pulumi, and only two of its files know the HTTP library.
  { files: /^sdk\/contract\//, mayImport: [ZOD, CONTRACT] },
  { files: /^sdk\/(retryTiming|secrets|clock)$/, mayImport: [], mayImportTypesOf: [/^sdk\/errors$/] },
  {
    files: /^sdk\/errors$/,
    mayImport: [/^sdk\/secrets$/],
    mayImportTypesOf: [CONTRACT, /^sdk\/(attempt|retryTiming)$/],
  },
  { files: /^sdk\/account$/, mayImport: [/^node:crypto$/, /^undici$/, /^p-limit$/] },
  { files: /^sdk\/attempt$/, mayImport: [], mayImportTypesOf: [CONTRACT, /^undici$/] },
  { files: /^sdk\//, mayImport: [SDK], mayImportTypesOf: [ZOD] },

  // provider: a resource knows the client and the runtime, never another resource; only the dynamic entry knows them all.
  { files: /^provider\/resources\//, mayImport: [SDK, RUNTIME, PULUMI, ZOD], mayImportTypesOf: [RESOURCES] },
  { files: /^provider\/runtime\/dynamic$/, mayImport: [RUNTIME, RESOURCES] },
  { files: /^provider\/runtime\//, mayImport: [SDK, RUNTIME, PULUMI, ZOD, NODE], mayImportTypesOf: [RESOURCES] },
  { files: /^provider\/azure\/plan(\/|$)/, mayImport: [/^provider\/azure\/plan(\/|$)/] }, // pure: data in, data out
  {
    files: /^provider\/azure\//,
    mayImport: [
      /^provider\/azure\//,
      RESOURCES,
      RUNTIME,
      PULUMI,
      /^node:crypto$/,
      /^@pulumi\/azure-native\/(cognitiveservices|resources|package\.json)$/,
    ],
  },
  { files: /^provider\/(index|provider)$/, mayImport: [RESOURCES, RUNTIME, PULUMI, /^provider\/provider$/] },

  // emulator: shares the contract with the client, never the client; only the engine speaks Pulumi's protocols.
  {
    files: /^emulator\/engine\//,
    mayImport: [EMULATOR, NODE, PULUMI, CONTRACT, MANIFEST, /^@grpc\/grpc-js$/, /^google-protobuf\//, /^yaml$/],
  },
  {
    files: /^emulator\/azure\/plugin\//, // the stand-in for the provider plugin that Pulumi starts
    mayImport: [EMULATOR, NODE, /^undici$/],
  },
  {
    files: /^emulator\//,
    mayImport: [EMULATOR, NODE, CONTRACT, ZOD, MANIFEST, /^hono(\/|$)/, /^@hono\/node-server(\/|$)/, /^undici$/],
  },

  // cli: puts the rooms together.
  { files: /^cli\//, mayImport: [ANYTHING] },

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
