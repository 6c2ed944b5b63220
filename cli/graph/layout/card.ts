/** A node as a card: its texts in fitting lines, and its height. */
import type { GraphNode, Lane } from "../model";
import { cut, widthOf, wrap } from "./text";

export const LANE_WIDTHS: Readonly<Record<Lane, number>> = {
  access: 158,
  configuration: 158,
  rule: 158,
  provider: 196,
  key: 184,
  azure: 190,
};
export const TITLE_PX = 13;
export const SMALL_PX = 12;
export const PILL_PX = 12;
export const TITLE_STEP = 17;
export const SMALL_STEP = 16;
export const PILL_STEP = 22;
export const PADDING_X = 14;
export const PADDING_Y = 9;
const GAP_Y = 3;
const PILL_PADDING = 8;

export interface Pill {
  readonly text: string;
  /** CSS class: `broken`, `unused`, or a change. */
  readonly kind: string;
  readonly width: number;
}

export interface CardLine {
  readonly text: string;
  readonly badge: string | undefined;
}

export interface Card {
  readonly width: number;
  readonly height: number;
  readonly title: readonly string[];
  readonly subtitle: readonly string[];
  readonly lines: readonly CardLine[];
  readonly pills: readonly Pill[];
}

const CHANGE_WORDS = { create: "+ create", update: "~ update", replace: "± replace", delete: "− delete" } as const;

export function cardOf(node: GraphNode): Card {
  const width = LANE_WIDTHS[node.lane];
  const inner = width - 2 * PADDING_X;
  const title = wrap(node.title, inner, TITLE_PX, 2);
  const subtitle = node.subtitle ? wrap(node.subtitle, inner, SMALL_PX, 2) : [];
  const lines = node.lines.map(({ text, badge }) => {
    const taken = badge === undefined ? 0 : widthOf(badge, PILL_PX) + 6;
    return { text: cut(text, inner - taken, SMALL_PX), badge };
  });
  const change = node.change === undefined ? [] : [pill(CHANGE_WORDS[node.change], node.change)];
  const pills = [...change, ...node.marks.map(({ words, weight }) => pill(words, weight))];
  const height =
    2 * PADDING_Y +
    title.length * TITLE_STEP +
    subtitle.length * SMALL_STEP +
    (lines.length > 0 ? GAP_Y + lines.length * SMALL_STEP : 0) +
    (pills.length > 0 ? GAP_Y + pills.length * PILL_STEP : 0);
  return { width, height, title, subtitle, lines, pills };
}

function pill(text: string, kind: string): Pill {
  return { text, kind, width: widthOf(text, PILL_PX) + 2 * PILL_PADDING };
}
