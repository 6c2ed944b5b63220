/** The run as text, close to what Pulumi's own command shows. */
import type { StepProgress } from "./events";
import type { Diagnostic } from "./results";
import type { Step } from "./steps";
import { nameOf, typeOf } from "./urn";

export class Display {
  private text = "";

  constructor(private readonly onOutput: ((text: string) => void) | undefined) {}

  get stdout(): string {
    return this.text;
  }

  write(line: string): void {
    this.text += `${line}\n`;
    this.onOutput?.(`${line}\n`);
  }

  step(step: Step, progress: StepProgress): void {
    if (step.op === "same" || progress === "begun") return;
    this.write(` ${step.op} ${typeOf(step.urn)} ${nameOf(step.urn)} ${progress}`);
  }

  diagnostic(diagnostic: Diagnostic): void {
    if (diagnostic.severity === "debug") return;
    this.write(`${diagnostic.severity}: ${diagnostic.message}`);
  }
}
