/** An operation of the data plane that a model serves, and what it is given. */
import type { Surface } from "../models/modelFacts";
import type { PromptResults } from "./contentFilter";
import type { Prompt, Serving } from "./model";

/** What a request is read with. */
export interface CallContext {
  readonly body: Record<string, unknown>;
  /** Name of the model behind the deployment. */
  readonly model: string;
  /** Null on v1. */
  readonly apiVersion: string | null;
}

/** What an answer is made with. */
export interface Answering {
  readonly nowMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly promptResults: PromptResults;
}

export interface ModelOperation<Request extends Prompt> {
  /** As refusals for the quota call it. */
  readonly name: string;
  readonly surface: Surface;
  /** Whether the content filter looks into its prompts. */
  readonly isFiltered: boolean;
  /** The first dated api-version that has it. */
  readonly minimumApiVersion?: string;
  /** @throws Refusal where the body is no request of this kind, or asks for what the model does not take. */
  read(context: CallContext, serving: Serving): Request;
  answer(serving: Serving, request: Request, answering: Answering): Response;
}
