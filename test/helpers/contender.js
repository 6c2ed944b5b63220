/**
 * One of several processes that contend for the same file. Its parent sends `{ file, guard, holdMs }`. While the process has the
 * file, it creates `guard` exclusively, which fails if another process has the file too. It answers `held`, the text from `refusal`,
 * or the error.
 */
const fs = require("node:fs/promises");
const { setTimeout: sleep } = require("node:timers/promises");

/**
 * @param take takes the file and returns a function that releases it
 * @param refusal the answer for the error of a file that another process has; `undefined` for any other error
 */
exports.startContending = (take, refusal) => {
  const contend = async ({ file, guard, holdMs }) => {
    let giveBack;
    try {
      giveBack = await take(file);
    } catch (error) {
      return refusal(error) ?? String(error);
    }
    try {
      await fs.writeFile(guard, "", { flag: "wx" });
      await sleep(holdMs);
      await fs.rm(guard);
      return "held";
    } catch (error) {
      return `two holders: ${error}`;
    } finally {
      await giveBack();
    }
  };
  process.on("message", (round) => {
    void contend(round).then((outcome) => process.send(outcome));
  });
  process.on("disconnect", () => process.exit());
  process.send("ready");
};
