/** The policy pack as Pulumi's engine asks it: by the requests of the analyzer's protocol, without the CLI. */
import type { Policies, ResourceValidationPolicy } from "@pulumi/policy";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb.js";
import { policies } from "../../policies/policies";
import { typeTokenOf } from "../../provider/lifecycle/typeTokens";

type Answer = (error: unknown, response: proto.AnalyzeResponse) => void;
type Call<Request> = (call: { request: Request }, answer: Answer) => Promise<void>;
interface Server {
  makeAnalyzeRpcFun(pack: string, version: string, level: string, policies: Policies): Call<proto.AnalyzeRequest>;
  makeAnalyzeStackRpcFun(
    pack: string,
    version: string,
    level: string,
    policies: Policies,
  ): Call<proto.AnalyzeStackRequest>;
}
const server: Server = require("@pulumi/policy/server");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");

/** Stands for text that preview does not know, as the engine sends it. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A secret as the engine sends it. */
export const secret = (value: string) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

export interface Resource {
  /** Without a colon, a kind of the package's classes. */
  readonly type: string;
  readonly name: string;
  readonly props?: Readonly<Record<string, unknown>>;
  /** Names of the resources on which each property depends. */
  readonly dependencies?: Readonly<Record<string, readonly string[]>>;
}

export interface Violation {
  readonly policy: string;
  readonly message: string;
  /** Name of the resource in a stack. */
  readonly resource?: string;
}

type Validation = (args: object, report: unknown) => unknown;
interface Validations {
  readonly validateResource?: Validation;
  readonly validateStack?: Validation;
}
type Config = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const PACK = ["ngrok-ai", "0.1.0", "advisory"] as const;
const fullType = ({ type }: Resource) => (type.includes(":") ? type : typeTokenOf(type));
const urnOf = (resource: Resource) => `urn:pulumi:dev::project::${fullType(resource)}::${resource.name}`;

function filled<Message extends proto.AnalyzeRequest | proto.AnalyzerResource>(message: Message, resource: Resource) {
  message.setType(fullType(resource));
  message.setName(resource.name);
  message.setUrn(urnOf(resource));
  message.setProperties(Struct.fromJavaScript(resource.props ?? {}));
  message.setOptions(new proto.AnalyzerResourceOptions());
  return message;
}

/** The pack's policies with their configuration, which the engine sends in a request of its own. */
function configured(config: Config): Policies {
  return policies.map((policy) => {
    const { name, validateResource, validateStack } = policy as Validations & { readonly name: string };
    const withConfig = (validate: Validation) => (args: object, report: unknown) =>
      validate({ ...args, getConfig: () => config[name] ?? {} }, report);
    return {
      ...policy,
      ...(validateResource && { validateResource: withConfig(validateResource) }),
      ...(validateStack && { validateStack: withConfig(validateStack) }),
    } as ResourceValidationPolicy;
  });
}

async function answerOf<Request>(call: Call<Request>, request: Request): Promise<Violation[]> {
  const response = await new Promise<proto.AnalyzeResponse>((resolve, reject) => {
    call({ request }, (error, value) => (error ? reject(error) : resolve(value))).catch(reject);
  });
  return response.getDiagnosticsList().map((diagnostic) => {
    const urn = diagnostic.getUrn();
    return {
      policy: diagnostic.getPolicyname(),
      // The SDK puts the policy's description before the message.
      message: diagnostic.getMessage().split("\n").at(-1) ?? "",
      ...(urn !== "" && { resource: urn.split("::").at(-1) ?? "" }),
    };
  });
}

/** What the policies find in one resource before it is created or changed. */
export function analyze(resource: Resource, config: Config = {}): Promise<Violation[]> {
  return answerOf(server.makeAnalyzeRpcFun(...PACK, configured(config)), filled(new proto.AnalyzeRequest(), resource));
}

/** What the policies find in a whole stack. */
export function analyzeStack(resources: readonly Resource[], config: Config = {}): Promise<Violation[]> {
  const request = new proto.AnalyzeStackRequest();
  for (const resource of resources) {
    const message = filled(new proto.AnalyzerResource(), resource);
    for (const [property, names] of Object.entries(resource.dependencies ?? {})) {
      const dependencies = new proto.AnalyzerPropertyDependencies();
      dependencies.setUrnsList(resources.filter(({ name }) => names.includes(name)).map(urnOf));
      message.getPropertydependenciesMap().set(property, dependencies);
    }
    request.addResources(message);
  }
  return answerOf(server.makeAnalyzeStackRpcFun(...PACK, configured(config)), request);
}
