/** `pulumi-ngrok-ai completion`: a script with which a shell completes commands, options, files and folders. */
import { Argument, Command } from "commander";

const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
type Shell = (typeof SHELLS)[number];

export function completionCommand(): Command {
  return new Command("completion")
    .description("Print a shell script that completes commands, options and files")
    .addArgument(new Argument("<shell>", "shell that runs the script").choices(SHELLS))
    .addHelpText(
      "after",
      `
Examples:
  source <(pulumi-ngrok-ai completion bash)
  source <(pulumi-ngrok-ai completion zsh)
  pulumi-ngrok-ai completion fish | source
  pulumi-ngrok-ai completion powershell | Out-String | Invoke-Expression

To keep it, put the line into ~/.bashrc, ~/.zshrc (after compinit), ~/.config/fish/config.fish or $PROFILE. It completes the
command pulumi-ngrok-ai, not npx: if only a project has the package, put its node_modules/.bin on PATH.
Exit code: 0 when the script was printed, 1 when the shell is not known.`,
    )
    .action(printScript);
}

async function printScript(shell: Shell, _flags: object, command: Command): Promise<void> {
  const program = command.parent;
  if (program === null) throw new Error("completion is a command of a program");
  const { commandTree } = await import("./commandTree.js");
  const { bashScript } = await import("./bash.js");
  const { zshScript } = await import("./zsh.js");
  const { fishScript } = await import("./fish.js");
  const { powershellScript } = await import("./powershell.js");
  const write = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript }[shell];
  process.stdout.write(write(program.name(), commandTree(program)));
}
