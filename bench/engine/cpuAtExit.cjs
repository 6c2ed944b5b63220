/** Preloaded before a process's own code: writes the total processor time of the process when it ends. */
const fs = require("node:fs");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  fs.appendFileSync(process.env.BENCH_CPU_LOG, `${process.argv[1]} ${user + system}\n`);
});
process.on("SIGINT", () => process.exit());
