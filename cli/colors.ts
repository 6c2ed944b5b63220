/** Colors for standard output on a terminal; pipes and logs get plain text. */
import picocolors from "picocolors";

export const isColored = process.stdout.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";

export const colors = picocolors.createColors(isColored);
