/** Loaded before a process's own code: notes how much processor time it took in all, when it ends. */
const fs = require("node:fs");

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  fs.appendFileSync(process.env.BENCH_CPU_LOG, `${process.argv[1]} ${user + system}\n`);
});
process.on("SIGINT", () => process.exit());
