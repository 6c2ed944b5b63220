/** The interface of a program writer for one language. */
import type { ExportPlan } from "./plan";

export interface WriteOptions {
  /** Pulumi's name of the project. */
  readonly project: string;
  /** Version of this package that the program needs. */
  readonly version: string;
  /** Whether each resource is protected, as after `pulumi import`: nothing is deleted until the program removes the protection. */
  readonly protect: boolean;
}

/** Writes a plan as a Pulumi project. Pure. */
export interface ProgramWriter {
  /** The file with the resources. */
  readonly mainFile: string;
  /** The text of each file by its name. The plan holds no secret, so no file does. */
  files(plan: ExportPlan, options: WriteOptions): Readonly<Record<string, string>>;
  /** The file for `pulumi import --file`, if the language's provider reads objects by their ids. */
  importFile?(plan: ExportPlan): object;
}
