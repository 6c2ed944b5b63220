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
const GRPC = /^@grpc\/grpc-js$/;
const PROTOBUF = /^google-protobuf\//;
const RESULTS = /^emulator\/engine\/results$/;

/** Rooms of the engine, with what every one of them may use. */
function engine(...rooms: string[]): RegExp[] {
  const inRoom = rooms.map((room) => new RegExp(`^emulator/engine/${room}/`));
  return [...inRoom, NODE, /^emulator\/engine\/(errors|results|diagnostics)$/];
}

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
  // Inside the engine a room knows only the rooms above it here; the words in which it answers everybody knows.
  {
    files: /^emulator\/engine\/(errors|results|diagnostics)$/,
    mayImport: engine("values"),
    mayImportTypesOf: [PULUMI],
  },
  { files: /^emulator\/engine\/values\//, mayImport: engine("values"), mayImportTypesOf: [RESULTS] },
  {
    files: /^emulator\/engine\/protocol\//,
    mayImport: [...engine("protocol", "values"), PULUMI, GRPC],
    mayImportTypesOf: [PROTOBUF],
  },
  {
    files: /^emulator\/engine\/state\//,
    mayImport: [...engine("state", "values"), /^@pulumi\/pulumi\/version$/],
    mayImportTypesOf: [RESULTS],
  },
  { files: /^emulator\/engine\/project\//, mayImport: [...engine("project", "state", "values"), /^yaml$/] },
  // It asks where gRPC is, and leaves it there.
  { files: /^emulator\/engine\/processes\//, mayImport: [...engine("processes", "project", "values"), GRPC] },
  {
    files: /^emulator\/engine\/providers\//,
    mayImport: engine("providers", "processes", "project", "protocol", "state", "values"),
  },
  {
    files: /^emulator\/engine\/program\//,
    mayImport: engine("program", "providers", "processes", "protocol", "state", "values"),
  },
  {
    files: /^emulator\/engine\/steps\//,
    mayImport: engine("steps", "providers", "state", "values"),
    mayImportTypesOf: engine("program"),
  },
  {
    files: /^emulator\/engine\/planning\//,
    mayImport: engine("planning", "steps", "providers", "state", "values"),
    mayImportTypesOf: engine("program"),
  },
  {
    files: /^emulator\/engine\/display\//,
    mayImport: engine("display", "state", "values"),
    mayImportTypesOf: [...engine("steps"), PULUMI],
  },
  { files: /^emulator\/engine\//, mayImport: [/^emulator\/engine\//, NODE] },
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
