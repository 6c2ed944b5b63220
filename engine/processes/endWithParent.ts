// Preloaded into every Node process the engine starts: ends it when the engine's end of descriptor 3 closes, so that
// not even a killed engine leaves processes behind. Runs as it stands here too, hence neither import nor export.
{
  const { Socket } = process.getBuiltinModule("node:net");
  const lifeline = new Socket({ fd: 3, readable: true, writable: false });
  lifeline.on("error", () => process.exit(1));
  lifeline.on("close", () => process.exit(1));
  lifeline.resume();
  lifeline.unref();

  // A provider ends by a signal, and Node writes its compile cache only at an orderly exit.
  const { flushCompileCache } = process.getBuiltinModule("node:module");
  process.once("SIGINT", () => {
    flushCompileCache();
    if (process.listenerCount("SIGINT") === 0) process.kill(process.pid, "SIGINT");
  });
}
