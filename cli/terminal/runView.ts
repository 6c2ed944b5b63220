/** The resources of a run: a tree that is redrawn on a terminal, otherwise one line per resource. */
import type { EngineEvent } from "@pulumi/pulumi/automation/events";
import { isColored } from "../colors";
import { canRedraw, startLiveTree } from "./liveTree";
import { ResourceRows } from "./resourceRows";
import { toResourceLine } from "./treeLines";

export interface RunView {
  readonly onEvent: (event: EngineEvent) => void;
  end(): void;
}

export async function startRunView(isPreview: boolean, stream: NodeJS.WriteStream = process.stdout): Promise<RunView> {
  return canRedraw(stream) ? startLiveTree(isPreview, stream) : startResourceLines(isPreview, stream);
}

function startResourceLines(isPreview: boolean, stream: NodeJS.WriteStream): RunView {
  const rows = new ResourceRows();
  const planned = new Set<string>(); // a preview reports a component when it is registered and when it has its outputs
  return {
    onEvent: (event) => {
      const nowMs = performance.now();
      rows.apply(event, nowMs);
      const ended = event.resOutputsEvent ?? event.resOpFailedEvent;
      const row = ended && rows.all.find(({ urn }) => urn === ended.metadata.urn);
      if (row === undefined) return;
      const line = toResourceLine(row, { isPreview, nowMs, hasColors: isColored });
      if (line === undefined || planned.has(line)) return;
      if (isPreview) planned.add(line);
      stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}
