/**
 * The commands in the files of examples/gitops, run in the order of a team's workflow: preview, update, drift, repair, and an
 * update that fails. On the offline engine, through a replacement of the command `pulumi`, or on the CLI with `npm test --
 * --engine=cli`, where a program in YAML runs too. Does not prove the pipelines themselves (their triggers, logins, approvals), or that pulumi/actions and the
 * operator call the CLI in the assumed way.
 */
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { usesCli } from "../../helpers/stack";
import { type Bed, type Ended, newOperatorProject, SECRETS, startBed } from "./bed";
import { gitopsFolder, objectsOf, parametersOf, readPipeline, readWorkflow, type WorkflowStep } from "./files";

jest.setTimeout(300_000);

interface PipelineUnderTest {
  preview(bed: Bed): Promise<Ended>;
  up(bed: Bed): Promise<Ended>;
  drift(bed: Bed): Promise<Ended>;
  /** Whether a failed update reports the objects that it left behind. */
  readonly recovers: boolean;
  /** Whether findings are listed every night. */
  readonly checks: boolean;
  /** The log's text for a provider's name that was changed to "by hand". */
  readonly shownDrift: string;
  /** A resource of the program. */
  readonly resource: string;
  readonly project?: Parameters<typeof startBed>[0];
}

/** The command that pulumi/actions runs for its inputs, through the Automation API. */
function commandOf(
  inputs: Readonly<Record<string, string | boolean | number>>,
  env: Readonly<Record<string, string>>,
): string {
  const { command, "stack-name": stack, ...flags } = inputs;
  const name = String(stack).replace(/\$\{\{ env\.(\w+) \}\}/, (_, variable: string) => env[variable] ?? "");
  const kept = ["diff", "refresh", "expect-no-changes"]
    .filter((flag) => flags[flag] === true)
    .map((flag) => `--${flag}`);
  const sure = command === "up" ? ["--yes", "--skip-preview"] : [];
  return ["pulumi", command, "--stack", name, ...sure, ...kept, "--non-interactive"].join(" ");
}

const IS_SET_UP = /^(actions\/|azure\/login)/;

/** Runs the steps of a job of the workflow that are commands. */
async function runJob(bed: Bed, job: string): Promise<Ended> {
  const { env, jobs } = readWorkflow();
  const steps = jobs[job]?.steps ?? [];
  let log = "";
  let failure: number | null = 0;
  for (const step of steps) {
    if (!isDue(step, failure !== 0)) continue;
    const script = step.run ?? (step.with?.command === undefined ? undefined : commandOf(step.with, env));
    if (script === undefined || script === "npm ci" || IS_SET_UP.test(step.uses ?? "")) continue;
    const ended = await bed.shell(script, { STACK: env.STACK ?? "" });
    log += ended.log;
    if (ended.code !== 0) failure = ended.code;
  }
  return { code: failure, log };
}

function isDue(step: WorkflowStep, hasFailed: boolean): boolean {
  if (step.if === "always()") return true;
  return step.if === "failure()" ? hasFailed : !hasFailed;
}

/** The pull request's comments, as Azure Repos stores them. */
const threads: { id: number; comments: { id: number; content: string }[] }[] = [];
let azureRepos: http.Server;

beforeAll(async () => {
  fs.accessSync(gitopsFolder);
  azureRepos = http.createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    if (request.headers.authorization !== "Bearer token-of-the-run") return response.writeHead(203).end("<html>");
    expect(request.url).toMatch(
      /^\/project-id\/_apis\/git\/repositories\/repository-id\/pullRequests\/7\/threads.*\?api-version=7\.1$/,
    );
    if (request.method === "POST") {
      const { comments } = JSON.parse(text) as { comments: { content: string }[] };
      threads.push({
        id: threads.length + 1,
        comments: comments.map(({ content }, index) => ({ id: index + 1, content })),
      });
    }
    if (request.method === "PATCH") {
      const [thread = 0, comment = 0] = (/threads\/(\d+)\/comments\/(\d+)/.exec(request.url ?? "") ?? [])
        .slice(1)
        .map(Number);
      const found = threads[thread - 1]?.comments[comment - 1];
      if (found !== undefined) found.content = (JSON.parse(text) as { content: string }).content;
    }
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ value: threads }));
  });
  await new Promise<void>((resolve) => azureRepos.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await new Promise((resolve) => azureRepos.close(resolve));
});

/** Runs the steps of a stage of the pipeline that are commands. */
function runStage(bed: Bed, stage: string): Promise<Ended> {
  const pipeline = readPipeline();
  fs.copyFileSync(path.join(gitopsFolder, "azure-devops", "comment.mjs"), path.join(bed.folder, "comment.mjs"));
  const { port } = azureRepos.address() as AddressInfo;
  return bed.shell(parametersOf(pipeline, stage).script, {
    STACK: pipeline.variables.STACK ?? "",
    SYSTEM_COLLECTIONURI: `http://127.0.0.1:${port}/`,
    SYSTEM_TEAMPROJECTID: "project-id",
    BUILD_REPOSITORY_ID: "repository-id",
    SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
    SYSTEM_ACCESSTOKEN: "token-of-the-run",
  });
}

interface StackSpec {
  readonly stack: string;
  readonly refresh: boolean;
  readonly driftDetection: { readonly schedules: readonly { readonly autoRemediate: boolean }[] };
}

/** The command that the operator's agent runs for an object, through the Automation API. */
function operatorCommand(file: string, kind: string, purpose: "apply" | "drift"): string {
  const spec = objectsOf(file).find((object) => object.kind === kind)?.spec ?? {};
  // The reader fills in the organization; a file backend always has this name.
  const stackName = String(spec.stackName).replace("ORGANIZATION", "organization");
  if (kind === "Update") return `pulumi ${String(spec.type)} --stack ${stackName} --non-interactive`;
  const { refresh, driftDetection, ...rest } = spec as unknown as StackSpec;
  const stack = rest.stack.replace("ORGANIZATION", "organization");
  if (purpose === "apply") return `pulumi up --stack ${stack} --yes --skip-preview ${refresh ? "--refresh" : ""}`;
  expect(driftDetection.schedules.map(({ autoRemediate }) => autoRemediate)).toEqual([false]);
  return `pulumi refresh --stack ${stack} --preview-only --expect-no-changes --non-interactive`;
}

const PIPELINES: Readonly<Record<string, PipelineUnderTest>> = {
  "GitHub Actions": {
    preview: (bed) => runJob(bed, "preview"),
    up: (bed) => runJob(bed, "up"),
    drift: (bed) => runJob(bed, "drift"),
    recovers: true,
    checks: true,
    shownDrift: "by hand",
    resource: "azure-openai-key",
  },
  "Azure DevOps": {
    preview: (bed) => runStage(bed, "preview"),
    up: (bed) => runStage(bed, "up"),
    drift: (bed) => runStage(bed, "drift"),
    recovers: true,
    checks: true,
    shownDrift: "by hand",
    resource: "azure-openai-key",
  },
  "the Kubernetes operator": {
    preview: (bed) => bed.shell(operatorCommand("preview.yaml", "Update", "apply")),
    up: (bed) => bed.shell(operatorCommand("stack-s3.yaml", "Stack", "apply")),
    drift: (bed) => bed.shell(operatorCommand("stack-s3.yaml", "Stack", "drift")),
    recovers: false,
    checks: false,
    // The operator does not use --diff, so only the property's name is shown.
    shownDrift: "[diff: ~name]",
    resource: "azure-openai-key",
  },
  ...(usesCli && { "the Kubernetes operator, with a program in YAML": operatorWithProgram() }),
};

function operatorWithProgram(): PipelineUnderTest {
  const env = { AI_GATEWAY_API_KEY: SECRETS.apiKey };
  return {
    preview: (bed) => bed.shell(operatorCommand("preview.yaml", "Update", "apply"), env),
    up: (bed) => bed.shell(operatorCommand("program.yaml", "Stack", "apply"), env),
    drift: (bed) => bed.shell(operatorCommand("program.yaml", "Stack", "drift"), env),
    recovers: false,
    checks: false,
    shownDrift: "[diff: ~name]",
    resource: "azureKey",
    project: newOperatorProject,
  };
}

describe.each(Object.entries(PIPELINES))("%s", (name, pipeline) => {
  let bed: Bed;

  beforeAll(async () => {
    bed = await startBed(pipeline.project);
  });

  afterAll(() => bed?.close());

  test("a preview before the first update ends with 0, shows the planned resources, and creates nothing", async () => {
    const { code, log } = await pipeline.preview(bed);
    expect({ code, log }).toMatchObject({ code: 0, log: expect.stringContaining(pipeline.resource) });
    expect(await bed.providers()).toEqual([]);
  });

  // The operator only reports that it failed.
  if (pipeline.recovers)
    test("an update that is refused in the middle fails the run, and reports the objects left behind", async () => {
      await bed.refuse("/access-keys");
      const { code, log } = await pipeline.up(bed);
      expect(code).not.toBe(0);
      expect(log).toContain("POST /access-keys answered 403");
      expect(log).toContain("Nothing at the gateway carries this stack's mark without being in its state.");
      await bed.stopRefusing();
    });

  test("an update ends with 0 for any earlier state", async () => {
    expect(await pipeline.up(bed)).toMatchObject({ code: 0 });
    expect((await bed.providers()).map((provider) => provider.name)).toEqual(["Azure OpenAI"]);
  });

  test("a change outside Pulumi fails the check, which names it and does not revert it", async () => {
    await bed.changeByHand();
    const { code, log } = await pipeline.drift(bed);
    expect(code).not.toBe(0);
    expect(log).toContain(pipeline.shownDrift);
    expect((await bed.providers()).map((provider) => provider.name)).toEqual(["by hand"]);
  });

  test("an update reverts a change outside Pulumi, and the check then ends with 0 and has no findings", async () => {
    expect(await pipeline.up(bed)).toMatchObject({ code: 0 });
    expect((await bed.providers()).map((provider) => provider.name)).toEqual(["Azure OpenAI"]);
    const { code, log } = await pipeline.drift(bed);
    expect({ code, log }).toMatchObject({ code: 0 });
    if (pipeline.checks) expect(log).toMatch(/key-never-used[\s\S]*No requests from .* UTC\.\nCredit balance: \$/);
  });

  test("no log contains a key or a token", async () => {
    expect(bed.printed()).toContain(pipeline.resource);
    for (const secret of [SECRETS.azureKey, SECRETS.apiKey]) expect(bed.printed()).not.toContain(secret);
    expect(bed.printed()).not.toMatch(/\bng-[A-Za-z0-9]{16,}/);
  });

  if (name === "GitHub Actions")
    test("the picture of the change is one comment on the pull request, renewed each time", async () => {
      const { steps } = readWorkflow().jobs.preview ?? { steps: [] };
      const script = String(steps.find(({ uses }) => uses === "actions/github-script@v8")?.with?.script);
      const comments: { id: number; body: string }[] = [{ id: 1, body: "of a person" }];
      const issues = {
        listComments: "listComments",
        createComment: async ({ body }: { body: string }) => comments.push({ id: 2, body }),
        updateComment: async ({ comment_id, body }: { comment_id: number; body: string }) => {
          const found = comments.find(({ id }) => id === comment_id);
          if (found !== undefined) found.body = body;
        },
      };
      const github = { rest: { issues }, paginate: async () => comments };
      const context = { repo: { owner: "o", repo: "r" }, issue: { number: 7 } };
      const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
      const inFolder = (module: string) =>
        module === "node:fs"
          ? { readFileSync: (file: string) => fs.readFileSync(path.join(bed.folder, file), "utf8") }
          : {};
      const comment = () => new AsyncFunction("github", "context", "require", script)(github, context, inFolder);
      await bed.changeByHand();
      expect(await pipeline.preview(bed)).toMatchObject({ code: 0 });
      await comment();
      expect(comments.map(({ body }) => body.split("\n")[0])).toEqual(["of a person", "<!-- picture of gateway -->"]);
      expect(comments[1]?.body).toMatch(/```mermaid\n%% .*\nflowchart LR\n[\s\S]*```$/);
      expect(comments[1]?.body).not.toMatch(/class \w+ updated/);
      const program = path.join(bed.folder, "index.ts");
      const before = fs.readFileSync(program, "utf8");
      fs.writeFileSync(program, before.replace("Azure OpenAI only, with our own key", "Azure OpenAI alone"));
      expect(await pipeline.preview(bed)).toMatchObject({ code: 0 });
      await comment();
      fs.writeFileSync(program, before);
      expect(comments.length).toBe(2);
      const [, changed] =
        /(\w+)\["update#58;<br\/>azure-openai<br\/>1 provider allowed/.exec(comments[1]?.body ?? "") ?? [];
      expect(comments[1]?.body).toContain(`class ${changed} updated\n`);
      fs.writeFileSync(path.join(bed.folder, "change.mmd"), "x".repeat(50_001));
      await comment();
      expect(comments.length).toBe(2);
      expect(comments[1]?.body).toContain("too large for a comment");
    });

  if (name !== "Azure DevOps") return;

  test("the preview is one comment on the pull request, updated each time; without permission the job names the missing one", async () => {
    expect(threads.map(({ comments }) => comments.length)).toEqual([1]);
    const first = threads[0]?.comments[0]?.content;
    expect(first).toContain("azure-openai-key");
    const { port } = azureRepos.address() as AddressInfo;
    const comment = (token: string) =>
      bed.shell("node comment.mjs preview.txt", {
        SYSTEM_COLLECTIONURI: `http://127.0.0.1:${port}/`,
        SYSTEM_TEAMPROJECTID: "project-id",
        BUILD_REPOSITORY_ID: "repository-id",
        SYSTEM_PULLREQUEST_PULLREQUESTID: "7",
        SYSTEM_ACCESSTOKEN: token,
      });
    fs.writeFileSync(path.join(bed.folder, "preview.txt"), "the next preview");
    expect(await comment("token-of-the-run")).toMatchObject({ code: 0 });
    expect(threads.map(({ comments }) => comments.length)).toEqual([1]);
    expect(threads[0]?.comments[0]?.content).toContain("the next preview");
    const { code, log } = await comment("without-rights");
    expect({ code, log }).toMatchObject({ code: 1, log: expect.stringContaining('"Contribute to pull requests"') });
  });
});

test("without a CLI, a command that the replacement does not know fails", async () => {
  if (usesCli) return;
  const bed = await startBed();
  try {
    expect(await bed.shell("pulumi cancel --stack prod")).toMatchObject({ code: 2 });
    expect((await bed.shell("pulumi up --stack prod --continue-on-error")).code).not.toBe(0);
  } finally {
    await bed.close();
  }
});
