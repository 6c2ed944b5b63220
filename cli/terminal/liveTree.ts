/** The tree of a run on a terminal, redrawn in place during the run. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { isColored } from "../colors";
import { ResourceRows } from "./resourceRows";
import { toTreeLines } from "./treeLines";

const REDRAW_INTERVAL_MS = 100;
/** The heading and the prompt of the shell. */
const OTHER_LINES = 3;

export interface LiveTree {
  readonly onEvent: (event: EngineEvent) => void;
  /** Prints above the tree. */
  print(text: string): void;
  /** Draws the whole tree a last time and keeps it on the terminal. A second call does nothing. */
  end(): void;
}

/** Whether this is a terminal with a movable cursor, and not the log of a pipeline. */
export function canRedraw(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.TERM !== "dumb" && !process.env.CI;
}

export async function startLiveTree(
  isPreview: boolean,
  stream: NodeJS.WriteStream = process.stdout,
): Promise<LiveTree> {
  const { createLogUpdate } = await import("log-update");
  const region = createLogUpdate(stream);
  const rows = new ResourceRows();
  let isStale = false;
  let isEnded = false;
  const draw = (maxLines: number) => {
    const options = { isPreview, nowMs: performance.now(), columns: stream.columns, maxLines, hasColors: isColored };
    return toTreeLines(rows.all, options).join("\n");
  };
  const redraw = () => region(draw(Math.max(2, stream.rows - OTHER_LINES)));
  const timer = setInterval(() => {
    if (isStale || !isPreview) redraw();
    isStale = false;
  }, REDRAW_INTERVAL_MS);
  return {
    onEvent: (event) => {
      rows.apply(event, performance.now());
      isStale = true;
    },
    print: (text) => {
      if (!isEnded) region.clear();
      stream.write(text);
      if (!isEnded) redraw();
    },
    end: () => {
      if (isEnded) return;
      isEnded = true;
      clearInterval(timer);
      region.clear();
      region.done();
      const tree = draw(Number.POSITIVE_INFINITY);
      if (tree !== "") stream.write(`${tree}\n`);
    },
  };
}
