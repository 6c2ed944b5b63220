/**
 * A preview as `pulumi-ngrok-ai offline preview --json` and the Pulumi CLI print it: one document with `steps`, or, streamed, one
 * engine event per line. An event is an `EngineEvent` of `@pulumi/pulumi/automation`. The document has no published type; it is read
 * in the form that the engine of this package writes.
 */
import { z } from "zod";
import { nameOf as fileName, readText, resourceSchema } from "../../account/stackState";
import type { RawResource } from "./pulumiResource";

export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: RawResource | undefined;
  readonly newState?: RawResource | undefined;
}

export interface Preview {
  readonly steps: readonly PreviewStep[];
  /** The stack's outputs as far as they are known; the Pulumi CLI's document has none. */
  readonly outputs?: unknown;
  /** Number of unchanged resources that the document counts but does not list. */
  readonly unlistedCount: number;
}

const changeSummarySchema = z.object({ same: z.number().optional() });
const documentSchema = z.object({
  steps: z.array(
    z.object({
      op: z.string(),
      urn: z.string(),
      oldState: resourceSchema.nullish().transform((state) => state ?? undefined),
      newState: resourceSchema.nullish().transform((state) => state ?? undefined),
    }),
  ),
  outputs: z.unknown().optional(),
  changeSummary: changeSummarySchema.nullish(),
});
const eventSchema = z.object({
  resourcePreEvent: z
    .object({
      metadata: z.object({
        op: z.string(),
        urn: z.string(),
        old: resourceSchema.nullish(),
        new: resourceSchema.nullish(),
      }),
    })
    .optional(),
  summaryEvent: z.object({ resourceChanges: changeSummarySchema.nullish() }).optional(),
});

const ADVICE =
  "Give the output of `pulumi-ngrok-ai offline preview --json` or `pulumi preview --json --show-sames`; without " +
  "--show-sames it lacks the unchanged resources, unless --state gives them.";

/** Reads a file, or standard input for `-`. @throws Error that says what is wrong with it. */
export function readPreview(file: string): Preview {
  const content = readText(file);
  const document = parsed(content);
  if (document === undefined || isEvent(document)) return previewOfEvents(content, file);
  const result = documentSchema.safeParse(document);
  if (result.success) return toPreview(result.data, result.data.changeSummary?.same);
  const [issue] = result.error.issues;
  throw new Error(`${fileName(file)} is not a preview: ${issue?.path.join(".")}: ${issue?.message}. ${ADVICE}`);
}

/** A stream of one event is one JSON document. */
function isEvent(document: unknown): boolean {
  return document !== null && typeof document === "object" && "sequence" in document;
}

function toPreview(listed: Omit<Preview, "unlistedCount">, sameCount = 0): Preview {
  const listedSames = listed.steps.filter(({ op }) => op === "same").length;
  return { steps: listed.steps, outputs: listed.outputs, unlistedCount: Math.max(0, sameCount - listedSames) };
}

function previewOfEvents(content: string, file: string): Preview {
  const lines = content.split("\n").filter((line) => line.trim() !== "");
  const events = lines.map((line) => eventSchema.safeParse(parsed(line)));
  if (lines.length === 0 || events.some(({ success }) => !success)) {
    throw new Error(
      `${fileName(file)} is not a preview: it is neither a JSON document nor one event a line. ${ADVICE}`,
    );
  }
  const steps = events.flatMap(({ data }) => {
    if (data?.resourcePreEvent === undefined) return [];
    const { op, urn, old, new: planned } = data.resourcePreEvent.metadata;
    return [{ op, urn, oldState: old ?? undefined, newState: planned ?? undefined }];
  });
  const summary = events.find(({ data }) => data?.summaryEvent !== undefined)?.data?.summaryEvent;
  return toPreview({ steps }, summary?.resourceChanges?.same);
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
