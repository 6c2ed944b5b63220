/** Distributes the cards of each lane over columns, so that as much as possible is visible at once. Pure. */

/** Heights in px, as in page.css, including the gap below a card. */
const HEIGHTS = {
  comfortable: { card: 36, line: 18, pill: 22, part: 24, group: 30 },
  compact: { card: 21, line: 0, pill: 0, part: 19, group: 25 },
};
/** Smallest column width in px at which names are readable, and largest useful one. */
const MIN_COLUMN = { comfortable: 170, compact: 140 };
const LANE_GAP = 40;
/** Below this width the lanes are stacked. */
const STACKED_WIDTH = 700;

/**
 * @param lanes for each lane its blocks: the cards of one frame, or one card alone; a card has `{ lines, pills, parts }` counts
 * @param width and height of the space for the cards, in px
 * @returns the density, whether lanes are stacked, and for each lane its columns of blocks
 */
function arrange(lanes, width, height) {
  const used = lanes.filter((blocks) => blocks.length > 0);
  if (width < STACKED_WIDTH) return { density: "compact", isStacked: true, columns: lanes.map((blocks) => [blocks]) };
  const room = width - LANE_GAP * Math.max(0, used.length - 1);
  for (const density of ["comfortable", "compact"]) {
    const counts = lanes.map((blocks) => columnCount(blocks, density, height));
    if (sum(counts) * MIN_COLUMN[density] <= room)
      return { density, isStacked: false, columns: spread(lanes, counts, density) };
  }
  // Too much for one screen: each lane gets as many columns as its share of the width allows, and the page scrolls.
  const wanted = lanes.map((blocks) => columnCount(blocks, "compact", height));
  const available = Math.max(used.length, Math.floor(room / MIN_COLUMN.compact));
  const share = available / sum(wanted);
  const counts = wanted.map((count) => (count === 0 ? 0 : Math.max(1, Math.floor(count * share))));
  return { density: "compact", isStacked: false, columns: spread(lanes, counts, "compact") };
}

function columnCount(blocks, density, height) {
  return blocks.length === 0 ? 0 : Math.ceil(heightOfAll(blocks, density) / Math.max(height, HEIGHTS[density].card));
}

/** Fills the columns to equal heights. A frame that is higher than a column continues in the next one. */
function spread(lanes, counts, density) {
  return lanes.map((blocks, lane) => {
    const count = counts[lane];
    if (count <= 1) return count === 0 ? [] : [blocks];
    const limit = heightOfAll(blocks, density) / count;
    const columns = [[]];
    let filled = 0;
    for (const block of blocks) {
      let begun;
      for (const card of block.cards) {
        const height = heightOf(card, density);
        if (filled + height / 2 > limit && columns.length < count && columns.at(-1).length > 0) {
          columns.push([]);
          filled = 0;
          begun = undefined;
        }
        if (begun === undefined) {
          begun = { ...block, cards: [] };
          columns.at(-1).push(begun);
          filled += block.label === undefined ? 0 : HEIGHTS[density].group;
        }
        begun.cards.push(card);
        filled += height;
      }
    }
    return columns;
  });
}

function heightOfAll(blocks, density) {
  return sum(
    blocks.map(({ label, cards }) => {
      const heading = label === undefined ? 0 : HEIGHTS[density].group;
      return heading + sum(cards.map((card) => heightOf(card, density)));
    }),
  );
}

function heightOf({ lines, pills, parts }, density) {
  const { card, line, pill, part } = HEIGHTS[density];
  return card + lines * line + pills * pill + parts * part;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

module.exports = { arrange };
