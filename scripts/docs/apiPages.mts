/** Pages of the client, the emulator and `OfflineStack`, which programs and tests call. */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { DeclarationReflection } from "typedoc";
import ts from "typescript";
import { contract, root } from "./build.mts";
import { type Docstrings, type Entry, examplesOf, summaryOf } from "./docstrings.mts";
import { inputTable } from "./inputs.mts";
import { code, fence, GENERATED, joined, table } from "./markdown.mts";
import { diagnosisTable, errorTable } from "./messages.mts";
import { type Shape, shapesOf, typeNames } from "./shapes.mts";

/** Methods of the client that send no request. */
const LOCAL_METHODS: ReadonlySet<string> = new Set(["serverNowMs"]);

export function clientPage(docs: Docstrings): string {
  const client = docs.get("sdk", "GatewayClient");
  const operations: Readonly<Record<string, { method: string; path: string; replay: string; use: object }>> =
    contract.operations;
  const signatures = signaturesOf("dist/sdk/client.d.ts", "GatewayClient");
  const methods = (client.children ?? []).filter(
    ({ signatures: own, name }) => own !== undefined && name !== "constructor",
  );
  const rows = methods.map((method) => {
    const signature = code(signatures.get(method.name) ?? method.name);
    if (LOCAL_METHODS.has(method.name)) return [signature, "none", "", summaryOf(method)];
    const operation = operations[method.name];
    if (operation === undefined) throw new Error(`GatewayClient.${method.name} is in no row of the operations' table`);
    return [signature, code(`${operation.method} ${operation.path}`), operation.replay, summaryOf(method)];
  });
  const names = typeNames(docs, "sdk", []);
  const fields = (name: string, column: "option" | "field") =>
    inputTable(docs.get("sdk", name).children ?? [], names, undefined, column);
  return joined([
    GENERATED,
    "# The client: `pulumi-ngrok-ai/sdk`",
    summaryOf(client),
    fence("ts", `import { GatewayClient } from "pulumi-ngrok-ai/sdk";\n\n${examplesOf(client)[0] ?? ""}`),
    "## Options",
    fields("GatewayClientOptions", "option"),
    "Every method takes, last:",
    fields("CallOptions", "option"),
    "## Methods",
    "Bodies and responses are typed, and checked with the same zod schemas that this entry exports (`providerSchema`, `providerCreateSchema`, …). " +
      "*Sent again* tells whether a request with an unknown outcome is repeated: `safe` and `idempotent` requests are repeated within the budget, `never` requests only " +
      "if they certainly had no effect.",
    table(["method", "request", "sent again", "remarks"], rows),
    "The client waits for the whole time of `Retry-After`. If that time ends after the budget, the call fails with an error that says so; no request is sent too early.",
    "## Errors",
    "Every method rejects with a `GatewayError` or one of its subclasses: [errors](errors.md).",
  ]);
}

/** `name(parameters): type` of each method, from the declaration file, where its types have names. */
function signaturesOf(file: string, className: string): ReadonlyMap<string, string> {
  const source = ts.createSourceFile(file, readFileSync(path.join(root, file), "utf8"), ts.ScriptTarget.ESNext, true);
  const found = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isClassDeclaration(statement) || statement.name?.text !== className) continue;
    for (const member of statement.members) {
      if (!ts.isMethodDeclaration(member)) continue;
      const isPrivate = member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword);
      const text = member
        .getText()
        .replace(/;$/, "")
        .replace(/(^|\s)(static|async) /g, "$1")
        .replace(/, options\?: CallOptions/, "")
        .replace(/\(options\?: CallOptions\)/, "()");
      if (!isPrivate) found.set(member.name.getText(), text.replace(/\s+/g, " "));
    }
  }
  return found;
}

const ERRORS = [
  "GatewayError",
  "GatewayRejectedError",
  "GatewayNotFoundError",
  "GatewayUnreachableError",
  "GatewayUnexpectedResponseError",
  "GatewayConfigurationError",
];
const STACK_ERRORS = [
  "OfflineStackError",
  "StackConfigurationError",
  "StackLockedError",
  "StateIntegrityError",
  "DeploymentFailedError",
];

export function errorsPage(docs: Docstrings): string {
  const classes = (entry: Entry, all: readonly string[]) =>
    table(
      ["class", "extends", "meaning"],
      all.map((name) => {
        const reflection = docs.get(entry, name);
        const parent = reflection.extendedTypes?.[0]?.toString() ?? "Error";
        return [code(name), code(parent), summaryOf(reflection)];
      }),
    );
  const own = (name: string) =>
    (docs.get("sdk", name).children ?? []).filter(
      ({ type, inheritedFrom, flags }) => type !== undefined && inheritedFrom === undefined && !flags.isStatic,
    );
  const names = typeNames(docs, "sdk", []);
  return joined([
    GENERATED,
    "# Errors",
    "Every message has the same parts: operation, call, response, next step, and number of attempts. None contains a body, a key or a token. Advice for each error: " +
      "[troubleshooting](../guides/troubleshooting.md).",
    "## Of the gateway's API",
    classes("sdk", ERRORS),
    "`GatewayError.isInstance(value)`, and `isInstance` of each subclass, also recognize errors of another copy of this package.",
    "### Fields",
    inputTable(
      [...own("GatewayError"), ...own("GatewayUnexpectedResponseError").filter(({ name }) => name === "fieldPaths")],
      names,
      undefined,
      "field",
    ),
    "### Messages",
    `\`outcome\`: ${summaryOf(docs.get("sdk", "Outcome"))}`,
    errorTable(),
    "## Preview",
    "The page of each resource lists the errors of its check. A preview shows the same messages after the resource's name.",
    "## Route checks",
    diagnosisTable(),
    "## `OfflineStack`",
    classes("emulator", STACK_ERRORS),
  ]);
}

export function emulatorPage(docs: Docstrings): string {
  const start = (name: string, options: string, result: string) => {
    const declaration = docs.get("emulator", name);
    return joined([
      `## ${name}`,
      summaryOf(declaration),
      fence("text", `${name}(options?: ${options}): Promise<${result}>`),
      described(docs, [options, result]),
    ]).trim();
  };
  return joined([
    GENERATED,
    "# The emulator: `pulumi-ngrok-ai/emulator`",
    "A local gateway (management API and data plane) and a local Azure, in the process of a test or by [`pulumi-ngrok-ai emulator`](command-line.md#emulator). How " +
      "they compare with the hosted services: [the local gateway](../emulator-coverage.md), [the local Azure](../emulator-azure.md).",
    fence("ts", examplesOf(docs.get("emulator", "startGateway"))[0] ?? ""),
    start("startGateway", "GatewayOptions", "Gateway"),
    start("startAzure", "AzureOptions", "Azure"),
    "## Faults and inspection",
    "Under `/_emulator/` of the management API's address, without a key:",
    table(
      ["request", "what it does"],
      [
        [
          "`POST /_emulator/faults`",
          "Adds a fault: matching requests fail. If several faults match a request, the first applies. Answers 204.",
        ],
        ["`DELETE /_emulator/faults`", "Removes all faults."],
        [
          "`GET /_emulator/requests`",
          "Received requests of all planes, newest last: `plane`, `method`, `host`, `path`, `status`, `startedAt`, `endedAt`. Never a body, a query or a credential.",
        ],
        ["`GET /_emulator/coverage`", "Operations of the API, and whether each was called so far."],
        ["`POST /_emulator/reset`", "Deletes all objects, faults and recorded requests."],
      ],
    ),
    fence(
      "json",
      JSON.stringify(
        {
          plane: "control",
          match: { method: "POST", path: "/provider-keys" },
          times: 2,
          action: { status: 429, headers: { "retry-after": "1" } },
        },
        undefined,
        2,
      ),
    ),
    table(
      ["member", "default", "meaning"],
      [
        ["`plane` **required**", "", "`control` (management API), `gateway` (data plane) or `azure`."],
        ["`match`", "every request", "`method`; `path` and `host`, which match as prefixes."],
        ["`after`", "`0`", "Number of matching requests that pass before the fault applies."],
        ["`times`", "`1`", "Number of requests that fail."],
        [
          "`action` **required**",
          "",
          '`{ status, headers?, body? }` sends this answer; `{ drop: "before" }` closes the connection without a change; `{ drop: "after" }` makes the change and closes the connection before the answer; `{ delayMs }` delays the request.',
        ],
      ],
    ),
    "In code, pass a `FaultList` as `faults` and a `RequestLog` as `requestLog` to both servers.",
  ]);
}

export function offlineStackPage(docs: Docstrings): string {
  const stack = docs.get("emulator", "OfflineStack");
  const signatures = signaturesOf("dist/engine/offlineStack.d.ts", "OfflineStack");
  const methods = (stack.children ?? []).filter(({ name }) => signatures.has(name));
  const rows = methods.map((method) => [code(signatures.get(method.name) ?? ""), summaryOf(method)]);
  return joined([
    GENERATED,
    "# OfflineStack",
    summaryOf(stack),
    fence("ts", examplesOf(stack)[0] ?? ""),
    "How it differs from the Pulumi CLI: [offline-stack.md](../offline-stack.md). On the command line: [`offline`](command-line.md#offline).",
    "## How to integration-test a Pulumi program with jest in seconds",
    "One stack on a local gateway for the whole file, with one `up` before the tests. Each test then reads, changes or breaks something. This is the test of [`examples/testing`](../../examples/testing/README.md), which this repository runs:",
    fence("ts", readFileSync(path.join(root, "examples", "testing", "gateway.test.ts"), "utf8").trim()),
    "Further tests, their cost, and a local Azure: [guide](../guides/test-offline.md).",
    "## Methods",
    table(["method", "meaning"], rows),
    "## Options and results",
    described(docs, [
      "OfflineStackOptions",
      "OperationOptions",
      "UpOptions",
      "RefreshOptions",
      "DestroyOptions",
      "OperationResult",
      "OutputValue",
      "ConfigValue",
    ]),
    "## Errors",
    "See [errors](errors.md#offlinestack).",
  ]);
}

/** Each type with a table of its fields, and the types that the fields refer to. */
function described(docs: Docstrings, start: readonly string[]): string {
  const found = start.map((name) => docs.get("emulator", name));
  const shapes: Shape[] = found.flatMap((declaration) => {
    const shape = toShape(declaration);
    return [shape, ...shapesOf(docs, "emulator", shape.members)];
  });
  const once = [
    ...new Map(shapes.filter(({ name }) => !SERVICES.includes(name)).map((shape) => [shape.name, shape])).values(),
  ];
  const names = typeNames(docs, "emulator", once);
  return joined(
    once.map(({ name, members, ...comment }) => {
      const column = /Options$|Seed|AzureModel/.test(name) ? "option" : "field";
      const fields = members.filter(({ type, signatures }) => type !== undefined || signatures !== undefined);
      return joined([`### ${name}`, summaryOf(comment), inputTable(fields, names, undefined, column)]).trim();
    }),
  ).trim();
}

/** Classes that users receive and do not construct. */
const SERVICES = ["FaultList", "RequestLog"];

/** The type's own fields; inherited fields are described at their type. */
function toShape({ name, children = [], comment }: DeclarationReflection): Shape {
  const members = children.filter(({ inheritedFrom }) => inheritedFrom === undefined);
  return { name, members, ...(comment && { comment }) };
}
