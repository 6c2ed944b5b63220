/** Every page of docs/reference, by file name. */

import { clientPage, emulatorPage, errorsPage, offlineStackPage } from "./apiPages.mts";
import { commandLinePage } from "./commandLinePage.mts";
import { componentPage } from "./componentPage.mts";
import { configurationPage, providerPage } from "./configurationPage.mts";
import { type Docstrings, summaryOf } from "./docstrings.mts";
import { fileNameOf, GENERATED, joined, table } from "./markdown.mts";
import { resourcePage } from "./resourcePage.mts";
import { COMPONENTS, RESOURCES } from "./shapes.mts";

export function makePages(docs: Docstrings): ReadonlyMap<string, string> {
  return new Map([
    ["README.md", indexPage(docs)],
    ...RESOURCES.map((kind) => [`${fileNameOf(kind)}.md`, resourcePage(docs, kind)] as const),
    ...COMPONENTS.map((kind) => [`${fileNameOf(kind)}.md`, componentPage(docs, kind)] as const),
    ["provider.md", providerPage(docs)],
    ["configuration.md", configurationPage(docs)],
    ["command-line.md", commandLinePage()],
    ["sdk.md", clientPage(docs)],
    ["errors.md", errorsPage(docs)],
    ["emulator.md", emulatorPage(docs)],
    ["offline-stack.md", offlineStackPage(docs)],
  ]);
}

function indexPage(docs: Docstrings): string {
  const row = (entry: "provider" | "provider/azure") => (kind: string) => [
    `[\`${kind}\`](${fileNameOf(kind)}.md)`,
    summaryOf(docs.get(entry, kind)).split(/(?<=\.) /)[0] ?? "",
  ];
  return joined([
    GENERATED,
    "# Reference",
    table(["resource", "what it is"], [...RESOURCES, "Provider"].map(row("provider"))),
    table(["component", "what it is"], COMPONENTS.map(row("provider/azure"))),
    table(
      ["page", "contents"],
      [
        ["[configuration](configuration.md)", "Stack config and environment: keys, addresses, time-outs, ownership."],
        ["[command line](command-line.md)", "Every command of `pulumi-ngrok-ai`, its options and exit codes."],
        ["[errors](errors.md)", "The family of errors, their fields and messages."],
        ["[client](sdk.md)", "`pulumi-ngrok-ai/sdk`: the management API from TypeScript."],
        [
          "[emulator](emulator.md)",
          "`pulumi-ngrok-ai/emulator`: a local gateway and a local Azure, faults and inspection.",
        ],
        [
          "[`OfflineStack`](offline-stack.md)",
          "`pulumi-ngrok-ai/emulator`: Pulumi programs without the Pulumi CLI, and how to integration-test one with jest.",
        ],
      ],
    ),
    "A field's *on change* says what `pulumi up` does when its value changes: in place, by a rotation, or by replacing the object. A property that takes a provider, configuration or " +
      "key accepts the resource or its id.",
  ]);
}
