/**
 * Ends the process on an unsupported version of Node.js, with one line that names the required version. Every entry of the
 * package imports this first: otherwise a missing function fails later, with a message that does not name the reason.
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
