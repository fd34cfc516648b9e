// Figures beside each other in one: each on axes of its own, under its name. A browser draws one
// figure of six panels several times faster than six figures.

import { HEAD, inkOf, LINE, onPaper, titleAbove, wrapped } from "#figures/paper.js";
import { escaped } from "#results/bindings.js";

// In pixels: as wide as all may be, and what is left between and above them.
const WIDEST = 1200;
const GAP = 24;
const NAME = 26;
const SAID = 15; // a line below the name
const ROW = 20; // and what a row is called, above it
const LETTER = 8; // what a letter of a name takes,
const TITLE_LETTER = 9; // of the title,
const SMALL_LETTER = 6.5; // of a line below a name and of a legend
const MOST_SHARE = 0.75; // a figure of its own size has room for a legend, which there is not here
const MOST_COLUMNS = 6; // a longer row goes on in the next
// A legend: the height of a line, and what an entry takes beside its words.
const LEGEND = 24;
const SPOT = 52;
const SYMBOLS = { ring: "circle-open", faded: "square" };
const DASHES = { line: "solid", dashed: "dash", dotted: "dot" };

// Lay out rows of panels, {row, title, margin, hasHead, filled(at), head(at)}, of this size at most:
// the first of a row may say what the `row` is called. There is a legend of these keys below. `title(at)` is what all are called at one of the `places`. What
// comes is {width, height, figure(at, dark)}.
export function abreast(rows, [wide, high], { title, places, keys = [] }) {
  const broken = rows.flatMap(inRows);
  const columns = Math.max(...broken.map((row) => row.length));
  const share = Math.min(MOST_SHARE, (WIDEST - GAP) / (columns * (wide + GAP)));
  const tile = { width: Math.round(wide * share), height: Math.round(high * share) };
  const width = GAP + columns * (tile.width + GAP);
  const linesOf = (at) => wrapped(title(at), Math.floor((width - 2 * GAP) / TITLE_LETTER));
  const lines = Math.max(...places.map((at) => linesOf(at).length));
  const room = {
    above: HEAD + LINE * Math.max(0, lines - 1),
    name: heightOfNames(broken.flat()),
    below: legendHeight(keys, width - 2 * GAP),
  };
  const pitch = room.name + tile.height + GAP;
  const whole = { width, height: room.above + broken.length * pitch + room.below };
  const tiles = broken.flatMap((panels, y) =>
    panels.map((panel, x) => {
      const corner = {
        left: GAP + x * (tile.width + GAP),
        top: room.above + room.name + y * pitch,
      };
      return placed(panel, corner, tile, whole);
    }),
  );
  return { ...whole, figure: (at, dark) => figure(tiles, linesOf(at), keys, at, inkOf(dark)) };
}

const heightOfNames = (panels) =>
  NAME +
  (panels.some(({ hasHead }) => hasHead) ? SAID : 0) +
  (panels.some(({ row }) => row) ? ROW : 0);

// Rows of about the same length.
function inRows(row) {
  const length = Math.ceil(row.length / Math.ceil(row.length / MOST_COLUMNS));
  return Array.from({ length: Math.ceil(row.length / length) }, (_, i) =>
    row.slice(i * length, (i + 1) * length),
  );
}

// A panel with where it is, in shares of the whole.
function placed({ margin = {}, ...panel }, { left, top }, { width, height }, whole) {
  const { l = 0, r = 0, t = 0, b = 0 } = margin;
  return {
    ...panel,
    title: shortened(panel.title, Math.floor(width / LETTER)),
    row: panel.row && shortened(panel.row, Math.floor((whole.width - GAP) / LETTER)),
    letters: Math.floor(width / SMALL_LETTER),
    top: 1 - top / whole.height,
    x: [(left + l) / whole.width, (left + width - r) / whole.width],
    y: [1 - (top + height - b) / whole.height, 1 - (top + t) / whole.height],
    left: left / whole.width,
  };
}

const shortened = (text, most) => (text.length <= most ? text : `${wrapped(text, most - 2)[0]} …`);

// All panels at a place of the slider, with a title above them.
function figure(tiles, lines, keys, at, ink) {
  const whole = {
    title: titleAbove(lines, ink),
    margin: { l: 0, r: 0, t: 0, b: 0 },
    shapes: [],
    annotations: [],
    showlegend: keys.length > 0,
    legend: legendOf(ink),
  };
  whole.title.pad.l = GAP;
  const data = tiles.flatMap((tile, i) => {
    const { data: traces, layout } = tile.filled(at);
    addAxes(whole, layout, tile, i + 1);
    if (tiles.length > 1) whole.annotations.push(nameOf(tile, at, ink));
    return traces.map((trace) => ({
      ...trace,
      xaxis: `x${i + 1}`,
      yaxis: `y${i + 1}`,
      showlegend: false,
    }));
  });
  onPaper(whole, ink);
  return { data: [...data, ...keys.map((key) => spoken(key, ink))], layout: whole };
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

function nameOf({ row, title, hasHead, head, letters, left, top }, at, ink) {
  const above = row ? `${escaped(row)}<br>` : "";
  const below = hasHead ? `<br>${escaped(shortened(head(at), letters)) || " "}` : "";
  return {
    text: `${above}<b>${escaped(title)}</b>${below}`,
    font: { size: 12, color: ink.text },
    align: "left",
    showarrow: false,
    xref: "paper",
    yref: "paper",
    x: left,
    y: top,
    xanchor: "left",
    yanchor: "bottom",
  };
}

// ---- The legend that all panels share

// Plotly gives all entries the same width where they do not fit into one line.
function legendHeight(keys, width) {
  const widths = keys.map(({ title }) => SPOT + title.length * SMALL_LETTER);
  if (widths.reduce((sum, each) => sum + each, 0) <= width) return keys.length ? LEGEND : 0;
  const columns = Math.max(1, Math.floor(width / Math.max(...widths)));
  return LEGEND * Math.ceil(keys.length / columns);
}

const legendOf = (ink) => ({
  orientation: "h",
  x: 0,
  y: 0,
  yanchor: "bottom",
  font: { size: 11, color: ink.text },
  bgcolor: "rgba(0,0,0,0)",
});

// Nothing to be seen but its entry.
function spoken({ title, colour, symbol }, ink) {
  const color = !colour || colour === "currentColor" ? ink.text : colour;
  const dash = DASHES[symbol] ?? (symbol.startsWith("stroke-") && symbol.slice("stroke-".length));
  return {
    type: "scatter",
    mode: dash ? "lines" : "markers",
    name: escaped(title),
    x: [null],
    y: [null],
    xaxis: "x1",
    yaxis: "y1",
    showlegend: true,
    line: { color, dash: dash || "solid", width: 2 },
    marker: {
      symbol: SYMBOLS[symbol] ?? symbol,
      size: 10,
      color: symbol === "faded" ? ink.quiet : color,
      line: { width: symbol === "ring" ? 2 : 1, color: symbol === "ring" ? color : ink.line },
    },
  };
}
