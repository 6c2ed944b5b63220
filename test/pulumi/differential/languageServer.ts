/**
 * A language host inside a test file: the Pulumi CLI connects to it (`PULUMI_DEBUG_LANGUAGES`), and its programs run in the shared
 * process of `test/engine/programHost.ts`, so that neither needs a new process.
 */

import * as languageGrpc from "@pulumi/pulumi/proto/language_grpc_pb";
import * as languageProto from "@pulumi/pulumi/proto/language_pb";
import * as pluginProto from "@pulumi/pulumi/proto/plugin_pb";
import { emptyProto, type Grpc, grpc } from "../../../engine/protocol/stubs";
import { startHosted } from "../../engine/programHost";

/** The program runner's exit code for an error that it has already reported. */
const EXIT_ALREADY_REPORTED = 32;

export interface LanguageServer {
  /** Variables for the CLI. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

export async function serveLanguage(): Promise<LanguageServer> {
  const server = new grpc.Server();
  let engineAddress = "";
  const answer =
    <Response>(make: () => Response): Grpc.handleUnaryCall<unknown, Response> =>
    (_call, callback) =>
      callback(null, make());
  const handlers: Partial<languageGrpc.ILanguageRuntimeServer> = {
    handshake: (call, callback) => {
      engineAddress = call.request.getEngineAddress();
      callback(null, new languageProto.LanguageHandshakeResponse());
    },
    getRequiredPackages: answer(() => new languageProto.GetRequiredPackagesResponse()),
    getPluginInfo: answer(() => new pluginProto.PluginInfo().setVersion("0.0.0")),
    cancel: answer(() => new emptyProto.Empty()),
    run: (call, callback) => {
      const { ended, stop } = startHosted(hostedRunOf(call.request, engineAddress));
      call.once("cancelled", () => void stop());
      ended.then(
        ({ code }) => callback(null, responseOf(code)),
        (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: String(error) }),
      );
    },
  };
  server.addService(languageGrpc.LanguageRuntimeService, handlers as languageGrpc.ILanguageRuntimeServer);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { env: { PULUMI_DEBUG_LANGUAGES: `nodejs:${port}` }, close: () => server.forceShutdown() };
}

function hostedRunOf(request: languageProto.RunRequest, engineAddress: string) {
  const values: Record<string, string> = {};
  request.getConfigMap().forEach((value, key) => {
    values[key] = value;
  });
  return {
    project: request.getProject(),
    stack: request.getStack(),
    organization: request.getOrganization(),
    engineAddress,
    monitorAddress: request.getMonitorAddress(),
    parallel: request.getParallel(),
    isPreview: request.getDryrun(),
    folder: request.getInfo()?.getProgramDirectory() || request.getPwd(),
    values,
    secretKeys: request.getConfigsecretkeysList(),
  };
}

function responseOf(code: number | null): languageProto.RunResponse {
  const response = new languageProto.RunResponse();
  if (code === EXIT_ALREADY_REPORTED) response.setBail(true);
  else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
  return response;
}
