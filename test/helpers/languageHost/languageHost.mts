/**
 * A minimal language host for Node programs: `pulumi-language-nodejs`, which the Pulumi CLI starts to run a program. Used only if
 * the CLI has no host of its own: the released CLI contains one, the CLI built from its Go module does not.
 * Started as `pulumi-language-nodejs [flags] ENGINE_ADDRESS`; prints the port of its `LanguageRuntime` service. The program, and
 * plugins written in Node, run under the runners of the `@pulumi/pulumi` that they depend on. Code generation is not implemented.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import type * as Grpc from "@grpc/grpc-js";
import type * as LanguageGrpc from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type * as LanguageProto from "@pulumi/pulumi/proto/language_pb.js";
import type * as PluginProto from "@pulumi/pulumi/proto/plugin_pb.js";

const require = createRequire(import.meta.url);
const fromSdk = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const grpc: typeof Grpc = fromSdk("@grpc/grpc-js");
const { LanguageRuntimeService }: typeof LanguageGrpc = require("@pulumi/pulumi/proto/language_grpc_pb");
const messages: typeof LanguageProto = require("@pulumi/pulumi/proto/language_pb");
const { PluginInfo }: typeof PluginProto = require("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = fromSdk("google-protobuf/google/protobuf/empty_pb");

/** The program runner's exit code for an error that it has already reported. */
const EXIT_ALREADY_REPORTED = 32;
/** Largest message, in bytes: the limit of Pulumi's engine. */
const MAX_MESSAGE_BYTES = 400 * 1024 * 1024;
/** How often the host checks whether the CLI that started it still runs, in milliseconds. */
const PARENT_POLL_MS = 1_000;

const engineAddress = process.argv.at(-1) ?? "";
const children = new Set<ChildProcess>();

interface Runtime {
  readonly typescript: boolean;
  readonly nodeArguments: readonly string[];
}

/** The Node options in `runtime.options` of Pulumi.yaml. */
function runtimeOf(info: LanguageProto.ProgramInfo | undefined): Runtime {
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [];
  return { typescript: options.typescript !== false, nodeArguments };
}

/** A module of the SDK that the program in `folder` depends on. */
function sdkModule(folder: string, module: string): string {
  return createRequire(path.join(folder, "index.js")).resolve(`@pulumi/pulumi/${module}`);
}

/** Starts Node; `ended` resolves with the exit code, or with 1 if a signal ended it. */
function startNode(args: readonly string[], options: SpawnOptions): { child: ChildProcess; ended: Promise<number> } {
  const child = spawn(process.execPath, args, options);
  children.add(child);
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  }).finally(() => children.delete(child));
  return { child, ended };
}

/** Configuration in the form that SDKs read: the key `namespace:name` as `namespace:config:name`. */
function configEnvironment(request: LanguageProto.RunRequest): NodeJS.ProcessEnv {
  const values: [string, string][] = [];
  request.getConfigMap().forEach((value, key) => {
    values.push([key.replace(":", ":config:"), value]);
  });
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

async function run(request: LanguageProto.RunRequest): Promise<LanguageProto.RunResponse> {
  const info = request.getInfo();
  const { typescript, nodeArguments } = runtimeOf(info);
  const folder = info?.getProgramDirectory() || request.getPwd();
  const flags = {
    "--monitor": request.getMonitorAddress(),
    "--engine": engineAddress,
    "--organization": request.getOrganization(),
    "--project": request.getProject(),
    "--root-directory": info?.getRootDirectory() ?? request.getPwd(),
    "--stack": request.getStack(),
    "--pwd": request.getPwd(),
    "--parallel": String(request.getParallel()),
  };
  const dryRun = request.getDryrun() ? ["--dry-run"] : [];
  const program = [info?.getEntryPoint() || ".", ...request.getArgsList()];
  const { ended } = startNode(
    [...nodeArguments, sdkModule(folder, "cmd/run"), ...Object.entries(flags).flat(), ...dryRun, ...program],
    {
      cwd: request.getPwd(),
      // The CLI shows the host's output after its port as the output of the program.
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        ...configEnvironment(request),
        ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      },
    },
  );
  const code = await ended;
  const response = new messages.RunResponse();
  if (code === EXIT_ALREADY_REPORTED) response.setBail(true);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  return response;
}

/** Runs a provider or policy pack that is a Node program, and streams its output. */
async function runPlugin(
  call: Grpc.ServerWritableStream<LanguageProto.RunPluginRequest, LanguageProto.RunPluginResponse>,
): Promise<void> {
  const { request } = call;
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() || request.getProgram();
  const env = Object.fromEntries(request.getEnvList().map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
  const isPolicyPack = request.getKind() === "analyzer";
  const args = isPolicyPack ? [...request.getArgsList(), folder] : [folder, ...request.getArgsList()];
  const { child, ended } = startNode(
    [
      ...runtimeOf(info).nodeArguments,
      sdkModule(folder, isPolicyPack ? "cmd/run-policy-pack" : "cmd/run-plugin"),
      ...args,
    ],
    {
      // A policy pack reads its version from the package.json in its working directory.
      cwd: isPolicyPack ? folder : request.getPwd(),
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  child.stdout?.on("data", (chunk: Buffer) => call.write(new messages.RunPluginResponse().setStdout(chunk)));
  child.stderr?.on("data", (chunk: Buffer) => call.write(new messages.RunPluginResponse().setStderr(chunk)));
  call.once("cancelled", () => child.kill("SIGKILL"));
  call.write(new messages.RunPluginResponse().setExitcode(await ended));
  call.end();
}

/** `npm install`, with its output. */
async function installDependencies(
  call: Grpc.ServerWritableStream<LanguageProto.InstallDependenciesRequest, LanguageProto.InstallDependenciesResponse>,
): Promise<void> {
  const child = spawn("npm", ["install", "--loglevel=error"], { cwd: call.request.getDirectory() });
  child.stdout.on("data", (chunk: Buffer) => call.write(new messages.InstallDependenciesResponse().setStdout(chunk)));
  child.stderr.on("data", (chunk: Buffer) => call.write(new messages.InstallDependenciesResponse().setStderr(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`npm install failed with exit code ${code}`);
  call.end();
}

function unary<Request, Response>(
  handler: (request: Request) => Response | Promise<Response>,
): Grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(handler)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: String(error) }),
      );
  };
}

function streaming<Request, Response>(
  handler: (call: Grpc.ServerWritableStream<Request, Response>) => Promise<void>,
): Grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    handler(call).catch((error: unknown) => {
      call.emit("error", { code: grpc.status.UNKNOWN, details: String(error) });
    });
  };
}

/** Ends all processes that the host started, then the host. */
function end(): void {
  for (const child of children) child.kill("SIGKILL");
  process.exit();
}

const server = new grpc.Server({
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
});
const handlers: Partial<LanguageGrpc.ILanguageRuntimeServer> = {
  handshake: unary(() => new messages.LanguageHandshakeResponse()),
  getRequiredPlugins: unary(() => new messages.GetRequiredPluginsResponse()),
  getRequiredPackages: unary(() => new messages.GetRequiredPackagesResponse()),
  getProgramDependencies: unary(() => new messages.GetProgramDependenciesResponse()),
  getPluginInfo: unary(() => new PluginInfo().setVersion("0.0.0-test")),
  runtimeOptionsPrompts: unary(() => new messages.RuntimeOptionsResponse()),
  about: unary(() => new messages.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
  installDependencies: streaming(installDependencies),
  run: unary(run),
  runPlugin: streaming(runPlugin),
  cancel: unary(() => {
    setImmediate(end);
    return new Empty();
  }),
};
server.addService(LanguageRuntimeService, handlers as LanguageGrpc.ILanguageRuntimeServer);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  process.stdout.write(`${port}\n`);
});
process.once("SIGINT", end);
process.once("SIGTERM", end);
// A killed CLI cannot end its host.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && end(), PARENT_POLL_MS).unref();
