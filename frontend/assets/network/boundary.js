// Boundaries painted straight onto canvases below the figures that show them: for one figure Plotly
// takes longer than a frame of the screen lasts. It still has what they are of, for the pointer.

import { allOn } from "#results/stages.js";

const painted = new WeakMap(); // canvas → the answer that is on it
const placed = new WeakMap(); // canvas → where it is
const palettes = new Map(); // colours as a trace tells them → bytes for each of its values

// What each panel was answered, onto all figures of a stage that show it.
export function paintBoundaries(stage) {
  for (const node of allOn(stage, "[data-figure]")) {
    const answer = stage.live.answers[boundaryOf(node, stage)];
    if (answer && node._fullLayout) paintBoundary(node, stage, answer, stage.live.grid);
  }
}

const traceOf = (node, { page }) => page.figures[node.dataset.figure]?.data[0];

// The panel whose boundary a figure shows, if it shows one.
export const boundaryOf = (node, stage) =>
  traceOf(node, stage)?.meta?.frame?.match(/^boundary\/(.+)$/)?.[1];

export function paintBoundary(node, stage, answer, grid) {
  const canvas = canvasOf(node);
  if (painted.get(canvas) !== answer) {
    draw(canvas, answer, paletteOf(traceOf(node, stage)), [grid.x.length, grid.y.length]);
    painted.set(canvas, answer);
  }
  const { xaxis, yaxis } = node._fullLayout;
  const box = { ...across(xaxis, grid.x), ...upwards(yaxis, grid.y) };
  const text = JSON.stringify(box);
  if (placed.get(canvas) === text) return;
  placed.set(canvas, text);
  put(canvas, xaxis, yaxis, box);
}

// Within the plot's own box, below all that Plotly draws there.
function canvasOf(node) {
  const found = node.querySelector("canvas.boundary");
  if (found) return found;
  const frame = Object.assign(document.createElement("div"), { className: "boundary-frame" });
  const canvas = Object.assign(document.createElement("canvas"), { className: "boundary" });
  frame.append(canvas);
  node.querySelector(".svg-container").prepend(frame);
  node.classList.add("is-live");
  return canvas;
}

function draw(canvas, { classes, confidence }, palette, [width, height]) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  // The first row of the grid is the lowest, that of a picture the highest.
  for (let row = 0; row < height; row += 1)
    for (let i = 0; i < width; i += 1) {
      const p = row * width + i;
      pixels[(height - 1 - row) * width + i] = palette[101 * classes[p] + confidence[p]];
    }
  pen.putImageData(image, 0, 0);
}

// Where the whole grid lies, in pixels from the plot's left and top; a point has half of a cell on
// each side.
function across(axis, values) {
  const half = (values.at(-1) - values[0]) / (values.length - 1) / 2;
  const [left, right] = [values[0] - half, values.at(-1) + half].map((value) => axis.l2p(value));
  return { left, width: right - left };
}

function upwards(axis, values) {
  const half = (values.at(-1) - values[0]) / (values.length - 1) / 2;
  const [top, bottom] = [values.at(-1) + half, values[0] - half].map((value) => axis.l2p(value));
  return { top, height: bottom - top };
}

function put(canvas, xaxis, yaxis, box) {
  const inPixels = (sizes) =>
    Object.fromEntries(Object.entries(sizes).map(([name, pixels]) => [name, `${pixels}px`]));
  const plot = { left: xaxis._offset, top: yaxis._offset };
  const size = { width: xaxis._length, height: yaxis._length };
  Object.assign(canvas.parentElement.style, inPixels({ ...plot, ...size }));
  Object.assign(canvas.style, inPixels(box));
}

// The bytes of a colour for each value of a trace: between two of its colours as much of each.
function paletteOf({ colorscale, zmax }) {
  const key = JSON.stringify(colorscale);
  if (!palettes.has(key)) {
    const bytes = new Uint8ClampedArray(4 * (zmax + 1));
    const scale = colorscale.map(([share, colour]) => [
      share * zmax,
      colour.match(/[\d.]+/g).map(Number),
    ]);
    for (let value = 0; value <= zmax; value += 1) bytes.set(mixed(scale, value), 4 * value);
    palettes.set(key, new Uint32Array(bytes.buffer));
  }
  return palettes.get(key);
}

function mixed(scale, value) {
  const above = Math.max(
    1,
    scale.findIndex(([place]) => place >= value - 1e-6),
  );
  const [[low, from], [high, to]] = [scale[above - 1], scale[above]];
  const share = high > low ? (value - low) / (high - low) : 1;
  const blend = from.map((part, i) => part + share * (to[i] - part));
  return [blend[0], blend[1], blend[2], 255 * blend[3]];
}
