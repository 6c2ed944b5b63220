/** The pages of `Provider` and of the configuration: one list of settings, three ways to set them. */
import { settings } from "./build.mts";
import { type Docstrings, examplesOf, summaryOf, tagOf } from "./docstrings.mts";
import { inputTable } from "./inputs.mts";
import { code, fence, GENERATED, joined, table } from "./markdown.mts";
import { typeNames } from "./shapes.mts";

export function providerPage(docs: Docstrings): string {
  const provider = docs.get("provider", "Provider");
  const args = docs.get("provider", "ProviderArgs");
  return joined([
    GENERATED,
    "# Provider",
    summaryOf(provider),
    fence("ts", examplesOf(provider)[0] ?? ""),
    "`new Provider(name: string, args?: ProviderArgs, options?: pulumi.ResourceOptions)`",
    "## Inputs",
    inputTable(args.children ?? [], typeNames(docs, "provider", [])),
    "An explicit provider does not read stack config; a setting that it omits comes from the environment, or has its default. Several accounts in one " +
      "program: [guide](../guides/several-accounts.md). All settings: [configuration](configuration.md).",
  ]);
}

export function configurationPage(docs: Docstrings): string {
  const members = docs.get("provider", "ProviderArgs").children ?? [];
  const defaults = settings.readSettings({ environment: { AI_GATEWAY_API_KEY: "key" } });
  const rows = members.map((member) => {
    const told = tagOf(member, "@default") ?? "";
    const variable = /`(AI_GATEWAY_\w+)`/.exec(told)?.[1];
    const value = told.replace(/^the environment variable `\w+`(, else |; .*)?/, "");
    checkDefault(member.name, value, defaults);
    const secret = member.name === "apiKey" ? " **secret**" : "";
    return [
      code(`ngrok-ai:${member.name}`) + secret,
      variable ? code(variable) : "",
      value === "" ? "" : plain(value),
      summaryOf(member),
    ];
  });
  return joined([
    GENERATED,
    "# Configuration",
    "The provider's settings: the account's key, the addresses, and the time limits. An explicit [`Provider`](provider.md) takes precedence over " +
      "stack config, and stack config over the environment.",
    table(["stack config", "environment", "default", "meaning"], rows),
    fence(
      "sh",
      "pulumi config set --secret ngrok-ai:apiKey NGROK_API_KEY\npulumi config set ngrok-ai:retryBudgetSeconds 300",
    ),
    "Only `apiKey` has no default. If it is missing, the error names the three ways to set it; a 401 names the source of the key. Keys are " +
      "sent to `apiUrl` and `gatewayUrl`, so `http://` is accepted for loopback and `*.internal` hosts only. A preview that creates needs " +
      "no API key and sends nothing.",
    "## Ownership",
    "With `ownership` on, an object without `metadata` in the program gets a mark there: " +
      '`{"managedBy":"pulumi","stack":"<organization>/<project>/<stack>","resource":"<name>","create":"<random>"}`. It names the owner of the object. A create whose response was lost finds ' +
      "its object by the mark, and `pulumi-ngrok-ai recover` finds objects that a killed run left behind. With `off`, no mark is written, and an object whose response was lost is identified by its content.",
    "## Further variables",
    table(
      ["environment", "meaning"],
      [
        [
          "`PULUMI_NGROK_AI_DEBUG=1`",
          "Logs every call of the management API to the provider's stderr: method, path, status and time, nothing secret.",
        ],
        [
          "`PULUMI_CONFIG_PASSPHRASE`",
          "Encrypts the secrets in the state of [`OfflineStack`](offline-stack.md), as it does for the Pulumi CLI; it may be empty.",
        ],
        [
          "`AZURE_EMULATOR_URL`",
          "Address of the local Azure, for the stand-in of azure-native's provider. Only `OfflineStack` and tests set it.",
        ],
      ],
    ),
  ]);
}

/** The documented default must be the actual one. */
function checkDefault(name: string, told: string, defaults: ReturnType<typeof settings.readSettings>): void {
  const { requestTimeoutMs, retryBudgetMs, ...plainly } = defaults;
  const used: Readonly<Record<string, unknown>> = {
    ...plainly,
    requestTimeoutSeconds: requestTimeoutMs / 1000,
    retryBudgetSeconds: retryBudgetMs / 1000,
  };
  if (name === "apiKey") return;
  if (plain(told).replaceAll("`", "") !== String(used[name])) {
    throw new Error(`ProviderArgs.${name}: its docstring says ${told}, the code uses ${used[name]}`);
  }
}

function plain(told: string): string {
  return told.replace(/^"(.*)"$/, "`$1`");
}
