/** `pulumi-ngrok-ai completion`: a script that lets a shell complete commands, options, files and folders. */
import { Argument, Command } from "commander";

const SHELLS = ["bash", "zsh", "fish"] as const;
type Shell = (typeof SHELLS)[number];

export function completionCommand(): Command {
  return new Command("completion")
    .description("Print a script that lets a shell complete commands, options and files")
    .addArgument(new Argument("<shell>", "for which shell").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  source <(pulumi-ngrok-ai completion bash)
  source <(pulumi-ngrok-ai completion zsh)
  pulumi-ngrok-ai completion fish | source

In ~/.bashrc, ~/.zshrc (after compinit) or ~/.config/fish/config.fish, such a line makes it last. It is the word
pulumi-ngrok-ai that is completed, not npx before it: where only a project has the package, put its node_modules/.bin on PATH.
Exit code: 0 when the script was printed, 1 when the shell is not known.`,
    )
    .action(printScript);
}

async function printScript(shell: Shell, _flags: object, command: Command): Promise<void> {
  const program = command.parent;
  if (program === null) throw new Error("the completion is a command of a program");
  const { commandTree } = await import("./commandTree.js");
  const { bashScript } = await import("./bash.js");
  const { zshScript } = await import("./zsh.js");
  const { fishScript } = await import("./fish.js");
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell];
  process.stdout.write(write(program.name(), commandTree(program)));
}
