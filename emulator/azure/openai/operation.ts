/** The interface of a data plane operation, and its inputs. */
import type { Surface } from "../models/modelFacts";
import type { PromptResults } from "./contentFilter";
import type { Prompt, Serving } from "./model";

/** Inputs for reading a request. */
export interface CallContext {
  readonly body: Record<string, unknown>;
  /** Name of the model behind the deployment. */
  readonly model: string;
  /** Null on v1. */
  readonly apiVersion: string | null;
}

/** Inputs for an answer. */
export interface Answering {
  readonly nowMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly promptResults: PromptResults;
}

export interface ModelOperation<Request extends Prompt> {
  /** Name in refusals for the quota. */
  readonly name: string;
  readonly surface: Surface;
  /** Whether the content filter checks its prompts. */
  readonly isFiltered: boolean;
  /** The first dated api-version with the operation. */
  readonly minimumApiVersion?: string;
  /** @throws Refusal when the body is not a request of this kind, or the model does not support a parameter. */
  read(context: CallContext, serving: Serving): Request;
  answer(serving: Serving, request: Request, answering: Answering): Response;
}
