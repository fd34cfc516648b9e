// Figures beside each other in one: each on axes of its own, under its name. A browser draws one
// figure of six panels several times faster than six figures.

import { HEAD, inkOf, onPaper, titleOf, wrapped } from "#figures/paper.js";
import { escaped } from "#results/bindings.js";

// In pixels: as wide as all may be, and what is left between and above them.
const WIDEST = 1200;
const GAP = 24;
const NAME = 26;
const LETTER = 8; // what a letter of a name takes
const MOST_SHARE = 0.75; // a figure of its own size has room for a legend, which there is not here

// Lay out rows of panels, {title, margin, filled(at)}, of this size at most. What comes is
// {width, height, figure(title, at, dark)}.
export function abreast(rows, [wide, high]) {
  const columns = Math.max(...rows.map((row) => row.length));
  const share = Math.min(MOST_SHARE, (WIDEST - GAP) / (columns * (wide + GAP)));
  const tile = { width: Math.round(wide * share), height: Math.round(high * share) };
  const whole = {
    width: GAP + columns * (tile.width + GAP),
    height: HEAD + rows.length * (NAME + tile.height + GAP),
  };
  const tiles = rows.flatMap((row, y) => row.map((panel, x) => placed(panel, x, y, tile, whole)));
  return { ...whole, figure: (title, at, dark) => figure(tiles, title, at, dark) };
}

// A panel with where it is, in shares of the whole.
function placed({ title, margin = {}, filled }, x, y, { width, height }, whole) {
  const { l = 0, r = 0, t = 0, b = 0 } = margin;
  const left = GAP + x * (width + GAP);
  const top = HEAD + NAME + y * (NAME + height + GAP);
  return {
    title: shortened(title, Math.floor(width / LETTER)),
    filled,
    top: 1 - top / whole.height,
    x: [(left + l) / whole.width, (left + width - r) / whole.width],
    y: [1 - (top + height - b) / whole.height, 1 - (top + t) / whole.height],
  };
}

const shortened = (text, most) => (text.length <= most ? text : `${wrapped(text, most - 2)[0]} …`);

// All panels at a place of the slider, with a title above them.
function figure(tiles, title, at, dark) {
  const ink = inkOf(dark);
  const margin = { l: 0, r: 0, t: 0, b: 0 };
  const whole = {
    title: titleOf([title], ink),
    margin,
    shapes: [],
    annotations: [],
    showlegend: false,
  };
  whole.title.pad.l = GAP;
  const data = tiles.flatMap((tile, i) => {
    const { data: traces, layout } = tile.filled(at);
    addAxes(whole, layout, tile, i + 1);
    if (tiles.length > 1) whole.annotations.push(nameOf(tile, ink));
    return traces.map((trace) => ({
      ...trace,
      xaxis: `x${i + 1}`,
      yaxis: `y${i + 1}`,
      showlegend: false,
    }));
  });
  onPaper(whole, ink);
  return { data, layout: whole };
}

// Put a panel's axes and shapes where it is.
function addAxes(whole, { xaxis, yaxis, shapes = [] }, tile, number) {
  const put = (own = {}, domain, anchor) => ({
    ...own,
    domain,
    anchor: anchor + number,
    ...(own.scaleanchor && { scaleanchor: own.scaleanchor + number }),
  });
  whole[`xaxis${number}`] = put(xaxis, tile.x, "y");
  whole[`yaxis${number}`] = put(yaxis, tile.y, "x");
  const reference = (axis, named) => axis + number + (/paper|domain/.test(named) ? " domain" : "");
  for (const shape of shapes)
    whole.shapes.push({
      ...shape,
      xref: reference("x", shape.xref),
      yref: reference("y", shape.yref),
    });
}

const nameOf = ({ title, x, top }, ink) => ({
  text: `<b>${escaped(title)}</b>`,
  font: { size: 12, color: ink.text },
  showarrow: false,
  xref: "paper",
  yref: "paper",
  x: x[0],
  y: top,
  xanchor: "left",
  yanchor: "bottom",
});
