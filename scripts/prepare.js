// npm runs this after an install in a checkout or of a dependency on the repository's git address, but not for the published package.
// Without development dependencies there is no compiler, so nothing is built; the plugin then prints the next step.
const fs = require("node:fs");
const path = require("node:path");
const { root, run } = require("./setup.js");

if (fs.existsSync(path.join(root, "node_modules", "typescript"))) {
  run(process.execPath, [path.join(root, "scripts", "run.js"), "build"]);
}
