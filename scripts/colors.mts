/** Colours for standard output: on a terminal only, so that what a pipe or a pipeline's log gets is plain text. */
import picocolors from "picocolors";

export default picocolors.createColors(
  process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb",
);
