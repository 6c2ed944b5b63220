/** The SVG of a card and its texts. */
import { type Card, PADDING_X, PADDING_Y, PILL_STEP, SMALL_STEP, TITLE_STEP } from "../layout/card";
import type { Place } from "../layout/layout";
import { escapeXml } from "./escape";

const PILL_HEIGHT = 17;

/** @param color class of its region, or empty */
export function cardMarkup({ node, card, x, y }: Place, color: string): string {
  let classes = color === "" ? "node" : `node ${color}`;
  if (node.isElsewhere) classes += " elsewhere";
  if (node.change === "delete") classes += " delete";
  if (node.marks.length > 0)
    classes += node.marks.some(({ weight }) => weight === "broken") ? " marked fails" : " marked";
  const height = round(card.height);
  return (
    `<g class="${classes}" data-id="${node.id}" transform="translate(${round(x)} ${round(y)})">` +
    `<rect class="card" width="${card.width}" height="${height}" rx="7"/>` +
    `<path class="stripe" d="M4.5 0.5v${height - 1}a6 6 0 0 1-4-6V6.5a6 6 0 0 1 4-6z"/>` +
    `${texts(card)}</g>`
  );
}

function texts({ width, title, subtitle, lines, pills }: Card): string {
  let markup = "";
  let y = PADDING_Y;
  const write = (text: string, kind: string, step: number) => {
    markup += `<text class="${kind}" x="${PADDING_X}" y="${round(y + step - 4.5)}">${escapeXml(text)}</text>`;
    y += step;
  };
  for (const line of title) write(line, "title", TITLE_STEP);
  for (const line of subtitle) write(line, "small", SMALL_STEP);
  if (lines.length > 0) y += 3;
  for (const { text, badge } of lines) {
    if (badge !== undefined) {
      markup += `<text class="place" x="${width - PADDING_X}" y="${round(y + SMALL_STEP - 4.5)}">${escapeXml(badge)}</text>`;
    }
    write(text, "small", SMALL_STEP);
  }
  if (pills.length > 0) y += 3;
  for (const { text, kind, width: pillWidth } of pills) {
    markup +=
      `<rect class="${kind}" x="${PADDING_X - 3}" y="${round(y + 2)}" width="${round(pillWidth)}" height="${PILL_HEIGHT}" rx="8.5"/>` +
      `<text class="pill ${kind}" x="${round(PADDING_X - 3 + pillWidth / 2)}" y="${round(y + 14.5)}">${escapeXml(text)}</text>`;
    y += PILL_STEP;
  }
  return markup;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
