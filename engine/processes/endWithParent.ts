// Preloaded into every Node process of the engine. Ends the process when the engine's end of descriptor 3 closes, so a killed
// engine leaves no processes behind. The source file itself also runs without a build, so it has no import and no export.
{
  const { Socket } = process.getBuiltinModule("node:net");
  const lifeline = new Socket({ fd: 3, readable: true, writable: false });
  lifeline.on("error", () => process.exit(1));
  lifeline.on("close", () => process.exit(1));
  lifeline.resume();
  lifeline.unref();

  // A provider is ended by a signal, but Node writes its compile cache only at a regular exit.
  const { flushCompileCache } = process.getBuiltinModule("node:module");
  process.once("SIGINT", () => {
    flushCompileCache();
    if (process.listenerCount("SIGINT") === 0) process.kill(process.pid, "SIGINT");
  });
}
