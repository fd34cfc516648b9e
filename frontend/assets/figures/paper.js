// Figures as they leave the page. On it they are transparent, take their colours from the theme,
// and are named and explained by what stands around them; away from it, a figure brings paper, ink,
// a title and a legend.

import { setPath } from "#figures/draw.js";
import { isChosen } from "#figures/toggles.js";
import { layoutFor } from "#results/axis_ranges.js";
import { escaped, wantedBy } from "#results/bindings.js";

// The colours of base.css.
const LIGHT = { paper: "#FFFFFF", text: "#1F2430", quiet: "#6B7280", line: "#E3E6EB" };
const DARK = { paper: "#171B23", text: "#E4E7EC", quiet: "#9AA3B2", line: "#2E3543" };
const FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif";
const LETTER = 9; // what a letter of a title takes, in pixels
const FOOT = 24;
const SIDE = 24;
// Words on a picture can be read whatever is behind them: as plots.css does it.
const AROUND = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 0],
  [1, 1],
];
const RINGED = { weight: 600, shadow: AROUND.map(([x, y]) => `${x}px ${y}px 1px #000`).join(", ") };
// What a trace draws is in one of these.
const DRAWN = ["x", "y", "z", "source", "values"];

export const HEAD = 44; // above a figure, for a title of one line
export const LINE = 20; // and for each further line

export const inkOf = (dark) => (dark ? DARK : LIGHT);

// A figure of a stage with what is in its result, at its place and with what is chosen there.
export function filledFigure(stage, name) {
  const { data, layout } = structuredClone(stage.page.figures[name]);
  for (const trace of data) {
    for (const [target, { value }] of Object.entries(wantedBy(trace, stage))) {
      const found = value();
      if (found) setPath(trace, target, found);
    }
    if (!isChosen(trace, stage)) trace.visible = false;
  }
  for (const shape of layout.shapes || [])
    if (shape.name === "place") shape.x0 = shape.x1 = stage.at;
  for (const [path, value] of Object.entries(layoutFor(layout, stage) || {}))
    setPath(layout, path, value);
  return { data, layout };
}

// A filled figure with a title, a legend, and colours of its own.
export function dressed({ data, layout }, title, width, dark) {
  const ink = inkOf(dark);
  const lines = wrapped(title, Math.floor(width / LETTER));
  const { l = 0, r = 0, t = 0, b = 0 } = layout.margin || {};
  layout.title = titleAbove(lines, ink);
  layout.margin = {
    l: Math.max(l, SIDE),
    r: Math.max(r, SIDE),
    b: Math.max(b, FOOT),
    t: t + HEAD + LINE * Math.max(0, lines.length - 1),
  };
  onPaper(layout, ink);
  addLegend(data, layout, ink);
  const isPicture = data.some(({ type }) => type === "image");
  for (const trace of data) {
    if (isPicture && trace.mode === "text") trace.textfont = { ...trace.textfont, ...RINGED };
    trace.name ??= ""; // Plotly would call it "trace 0".
  }
  return { data, layout };
}

// A text in lines of so many letters at most: longer words are broken.
export const wrapped = (text, most) =>
  text.match(new RegExp(`\\S(?:.{0,${most - 2}}\\S)?(?=\\s|$)|\\S{${most}}`, "g")) || [];

// A title at the top left, as it is written.
export const titleAbove = (lines, ink) => ({
  text: lines.map(escaped).join("<br>"),
  font: { size: 15, color: ink.text },
  x: 0,
  xref: "paper",
  y: 1,
  yref: "container",
  yanchor: "top",
  pad: { t: 14 },
});

export function onPaper(layout, ink) {
  layout.paper_bgcolor = layout.plot_bgcolor = ink.paper;
  layout.font = { family: FONT, color: ink.text };
  layout.autosize = false;
  for (const name of Object.keys(layout).filter((key) => /^[xy]axis/.test(key))) {
    const axis = layout[name];
    axis.gridcolor = axis.linecolor = ink.line;
    axis.tickfont = { ...axis.tickfont, color: ink.quiet };
  }
}

// Say which colour is what, where there is more than one: the page does it with buttons.
function addLegend(data, layout, ink) {
  const told = new Map();
  for (const trace of data) {
    const before = told.get(trace.name);
    // Of several curves of one name the boldest speaks for all.
    if (isCurve(trace) && !(before && weight(before) >= weight(trace))) told.set(trace.name, trace);
  }
  const speaking = [...told.values()];
  for (const trace of data) trace.showlegend = speaking.includes(trace);
  layout.showlegend = told.size > 1;
  layout.legend = {
    ...layout.legend,
    font: { size: 11, color: ink.text },
    bgcolor: "rgba(0,0,0,0)",
    tracegroupgap: 0,
  };
}

const isCurve = (trace) =>
  trace.name &&
  trace.showlegend !== false &&
  trace.mode !== "text" &&
  ["scatter", "bar", "box"].includes(trace.type) &&
  isDrawn(trace);

const isDrawn = (trace) =>
  (trace.visible ?? true) === true && DRAWN.some((name) => trace[name]?.length);

const weight = ({ line, opacity = 1 }) => (line?.width ?? 1) * opacity;
