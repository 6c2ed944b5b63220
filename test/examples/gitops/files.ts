/** Reads the files of examples/gitops. */
import fs from "node:fs";
import path from "node:path";
import { parse, parseAllDocuments } from "yaml";
import { repositoryRoot } from "../../helpers/providerProcess";

export const gitopsFolder = path.join(repositoryRoot, "examples", "gitops");

export const textOf = (...below: string[]) => fs.readFileSync(path.join(gitopsFolder, ...below), "utf8");

export interface WorkflowStep {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | boolean | number>>;
}

export interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly if: string;
        readonly environment?: string;
        readonly concurrency?: object;
        readonly permissions?: Readonly<Record<string, string>>;
        readonly steps: readonly WorkflowStep[];
      }
    >
  >;
}

export const WORKFLOW = ["github-actions", ".github", "workflows", "gateway.yml"] as const;

export const readWorkflow = () => parse(textOf(...WORKFLOW)) as Workflow;

interface TemplateStep {
  readonly template?: string;
  readonly parameters?: { readonly connection: string; readonly script: string };
}

interface PipelineJob {
  readonly steps?: readonly TemplateStep[];
  readonly environment?: string;
  readonly strategy?: { readonly runOnce: { readonly deploy: { readonly steps: readonly TemplateStep[] } } };
}

export interface Pipeline {
  readonly variables: Readonly<Record<string, string>>;
  readonly stages: readonly {
    readonly stage: string;
    readonly condition: string;
    readonly jobs: readonly PipelineJob[];
  }[];
}

export const readPipeline = () => parse(textOf("azure-devops", "azure-pipelines.yml")) as Pipeline;

/** The parameters that a stage passes to its steps: the connection and the script. */
export function parametersOf(pipeline: Pipeline, stage: string): { connection: string; script: string } {
  const [job] = pipeline.stages.find((each) => each.stage === stage)?.jobs ?? [];
  const steps = job?.steps ?? job?.strategy?.runOnce.deploy.steps ?? [];
  const found = steps.find(({ template }) => template === "pulumi.yml")?.parameters;
  if (found === undefined) throw new Error(`stage ${stage} has no steps of pulumi.yml`);
  return found;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: Readonly<Record<string, unknown>>;
  /** Of a Program. */
  readonly program?: Readonly<Record<string, unknown>>;
}

/** The objects of one of the operator's files, in order. */
export function objectsOf(file: string): KubernetesObject[] {
  return parseAllDocuments(textOf("kubernetes-operator", file)).map((document) => document.toJS() as KubernetesObject);
}
