/** The edges between cards, drawn below them. Edges that look alike share one path, because a big account has thousands. */

const NAMESPACE = "http://www.w3.org/2000/svg";

/** @param ways the edges, with `from` and `to`; @param boxOf the position of a node in the drawing */
function drawWays(drawing, ways, boxOf, className) {
  const paths = new Map();
  for (const { from, to, isWeak } of ways) {
    const [left, right] = [boxOf(from), boxOf(to)];
    const x1 = left.x + left.width;
    const y1 = left.y + left.height / 2;
    const y2 = right.y + right.height / 2;
    const bend = Math.max(18, Math.min((right.x - x1) / 2, 60));
    const color = to.color ?? (to.role === "azure" ? from.color : undefined) ?? "";
    const look = `${className}${isWeak ? " weak" : ""}${color === "" ? "" : ` ${color}`}`;
    const d = `M${x1} ${y1}C${x1 + bend} ${y1} ${right.x - bend} ${y2} ${right.x} ${y2}`;
    paths.set(look, (paths.get(look) ?? "") + d);
  }
  const elements = [...paths].map(([look, d]) => {
    const path = document.createElementNS(NAMESPACE, "path");
    path.setAttribute("class", look);
    path.setAttribute("d", d);
    return path;
  });
  drawing.replaceChildren(...elements);
}

module.exports = { drawWays };
