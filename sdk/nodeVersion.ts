/**
 * Ends the process on a Node.js that is too old, with one line that says which version is needed. Every entry of the package imports
 * this first: without it, whatever is missing fails later, in words that do not name the reason.
 */

/** `engines` of package.json. */
const [NEEDED_MAJOR, NEEDED_MINOR] = [22, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED_MAJOR || (major === NEEDED_MAJOR && minor < NEEDED_MINOR)) {
  process.stderr.write(
    `pulumi-ngrok-ai needs Node.js ${NEEDED_MAJOR}.${NEEDED_MINOR} or later, but ${process.execPath} is ${process.versions.node}: install a later Node.js and put it first on PATH.\n`,
  );
  process.exit(1);
}
