// What a figure's bindings ask for, out of the result and at a place of the slider: as written in
// frontend/figures/binding.py.

import { decode } from "#results/fold.js";
import { holdsOne, quartilesOf, spreadText } from "#results/quartiles.js";
import { evaluate, followsSlider, namesIn } from "#results/sources.js";

// What a frame's name shows at a place: the frame with the greatest `at` that is not above it;
// where it has to be exact, only the one at that place, or else at 0. One that is alone at 0 stands
// for all places, also those below, at which a network still learns.
export function frameAt(result, name, at, exact = false) {
  const frames = result.frames[name] || [];
  if (frames.length === 1 && frames[0].at === 0) return frames[0];
  let best = null;
  for (const frame of frames) {
    const fits = exact ? frame.at === at || frame.at === 0 : frame.at <= at;
    if (fits && (!best || frame.at > best.at)) best = frame;
  }
  return best;
}

// The points of a series that carry these labels, by x.
export function pointsOf(result, name, labels = {}) {
  const series = result.series[name] || { x: [], y: [], labels: {} };
  return series.x
    .map((x, i) => [x, series.y[i], i])
    .filter(([, , i]) =>
      Object.entries(labels).every(([key, value]) => series.labels[key]?.[i] === value),
    )
    .sort((a, b) => a[0] - b[0]);
}

// A name with what is chosen put in.
export const withChoices = (name, choices) =>
  name.replace(/\{(\w+)\}/g, (_, chooser) => choices[chooser]);

// FRAME:ARRAY as the two; without a colon it is an array of the frame `main`.
export function splitSource(source, main = "") {
  const colon = source.lastIndexOf(":");
  return colon < 0 ? [main, source] : [source.slice(0, colon), source.slice(colon + 1)];
}

// A text, or all texts in a list, as Plotly shows it letter by letter: it takes what looks like
// HTML for HTML. See frontend/figures/texts.py.
export const escaped = (value) => {
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== "string") return value;
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
};

// What a reading says, as the page shows it: the first text of its binding.
export const firstText = (meta, stage) =>
  frameWanted(meta, stage, (_, found) => found?.values[0]).text.value();

// Whether a result has anything that a trace can show, whatever is chosen.
export function hasSource({ meta = {} }, { series, tables, frames }) {
  const within = (name, named) => {
    if (!name) return false;
    const words = name.split(/\{\w+\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const pattern = new RegExp(`^${words.join(".*")}$`);
    return Object.keys(named).some((known) => pattern.test(known));
  };
  return within(meta.series, series) || within(meta.table, tables) || within(meta.frame, frames);
}

// What a trace shows on a stage, {TARGET: {from, value}}: `from` tells whether it is what it was.
export function wantedBy(trace, stage) {
  const { meta = {} } = trace;
  if (meta.frame) return frameWanted(meta, stage);
  if (meta.table) return tableWanted(meta, stage);
  return meta.series ? seriesWanted(meta, stage) : {};
}

function frameWanted(
  { frame, bind, most, exact, at: fixed },
  { fold, at, choices, live },
  taken = forPlotly,
) {
  const chosen = (name) => withChoices(name, choices);
  const frameOf = (source) => {
    const name = chosen(splitSource(source, frame)[0]);
    const own = fixed === undefined && live?.frame(name);
    return own || frameAt(fold.result, name, fixed ?? at, exact);
  };
  const find = (source) => {
    const array = frameOf(source)?.arrays[chosen(splitSource(source, frame)[1])];
    return array ? decode(array) : null;
  };
  const wanted = {};
  for (const [target, source] of Object.entries(bind)) {
    if (source.table) {
      const rows = { ...source, bind: { [target]: source.column } };
      Object.assign(wanted, tableWanted(rows, { fold, at, choices }));
      continue;
    }
    const all = namesIn(source);
    const from = [...all.map(frameOf), chosen(all.join())];
    if (followsSlider(source)) from.push(at);
    wanted[target] = { from, value: () => taken(target, evaluate(source, find, at), most) };
  }
  return wanted;
}

function tableWanted(meta, { fold, at, choices }) {
  const table = fold.result.tables[meta.table];
  const asked = withChoices(JSON.stringify(meta), choices);
  const from = [fold, fold.revisions[meta.table] || 0, asked, meta.at ? at : null];
  const columns = table ? columnsOf(table, meta, at, choices) : () => null;
  const value = (target, source) => () => forPlotly(target, evaluate(source, columns)) || [];
  const level = (place) => () => levelOf(value("y", meta.bind.y)(), meta.across)[place];
  const bound = Object.entries(meta.bind).map(([target, source]) => [
    target,
    value(target, source),
  ]);
  if (meta.across) bound.push(["x", level(0)], ["y", level(1)]);
  return Object.fromEntries(bound.map(([target, make]) => [target, { from, value: make }]));
}

const levelOf = (values, across) =>
  values.length ? [across, across.map(() => values.at(-1))] : [[], []];

// What finds a column's cells of the rows that are asked for; these are picked once.
function columnsOf(table, meta, at, choices) {
  const place = (name) => table.columns.indexOf(name);
  let rows = null;
  return (name) => {
    const column = place(withChoices(name, choices));
    if (column < 0) return null;
    rows = rows || rowsOf(table, meta, at, choices, place);
    const values = rows.map((row) => row[column]);
    return { values, shape: [values.length] };
  };
}

function rowsOf(table, meta, at, choices, place) {
  const joined = (row, columns) => {
    const cells = columns.split("/").map((name) => row[place(name)]);
    return cells.length > 1 ? cells.join("/") : cells[0];
  };
  const chosen = (value) => (typeof value === "string" ? withChoices(value, choices) : value);
  const where = Object.entries(meta.where || {}).map(([columns, value]) => [
    columns,
    chosen(value),
  ]);
  let rows = table.rows.filter((row) => where.every(([c, value]) => joined(row, c) === value));
  if (meta.at) rows = latest(rows, place(meta.at), at);
  return meta.front ? front(rows, ...meta.front.map(place)) : rows;
}

function latest(rows, place, at) {
  const places = rows.map((row) => row[place]).filter((value) => value <= at);
  const here = Math.max(...places);
  return rows.filter((row) => row[place] === here);
}

// The rows that nothing dominates, from the cheapest to the best.
function front(rows, cost, gain) {
  const known = rows.filter((row) => row[cost] !== null && row[gain] !== null);
  const sorted = known.sort((a, b) => a[cost] - b[cost] || b[gain] - a[gain]);
  const found = [];
  for (const row of sorted) if (!found.length || row[gain] > found.at(-1)[gain]) found.push(row);
  return found;
}

function seriesWanted(meta, { fold, choices }) {
  const { labels, across, mean, whiskers, untold } = meta;
  const name = withChoices(meta.series, choices);
  const from = [fold, name, fold.revisions[name] || 0];
  const said = () => pointsOf(fold.result, name, labels);
  const quartiles = () => quartilesOf(fold.result.series[name], said());
  const points = () => {
    if (untold) return said().filter(isUntold(quartiles()));
    return mean ? means(said()) : said();
  };
  const column = (i) => () => points().map((point) => point[i]);
  const value = (i) => (across ? () => levelOf(column(1)(), across)[i] : column(i));
  const wanted = { x: { from, value: value(0) }, y: { from, value: value(1) } };
  for (const [target, make] of Object.entries(whiskers ? WHISKERS : {}))
    wanted[target] = { from, value: () => quartiles().map(make) };
  return wanted;
}

// How far the quartiles of x are from it, nothing where there are none, and words for both.
const WHISKERS = {
  "error_x.array": ({ x, q3 }) => (q3 === null ? NaN : q3 - x),
  "error_x.arrayminus": ({ x, q1 }) => (q1 === null ? NaN : x - q1),
  customdata: spreadText,
};

const isUntold = (quartiles) => (_, i) => holdsOne(quartiles[i].q1, quartiles[i].q3);

function means(points) {
  const at = new Map();
  for (const [x, y] of points) at.set(x, [...(at.get(x) || []), y]);
  return [...at].map(([x, ys]) => [x, ys.reduce((sum, y) => sum + y, 0) / ys.length]);
}

// As Plotly takes it. It looks hover texts up in plain lists only; numbers may stay as they are.
function forPlotly(target, found, most) {
  if (!found || typeof found === "string") return found;
  const { shape } = found;
  const values = ArrayBuffer.isView(found.values) ? found.values : escaped(found.values);
  if (shape.length === 1) {
    const step = most ? Math.ceil(values.length / most) : 1;
    return Array.from(values).filter((_, i) => i % step === 0);
  }
  const rows = [];
  for (let i = 0; i < values.length; i += shape[1]) {
    const row = values.slice(i, i + shape[1]);
    rows.push(target === "z" ? row : Array.from(row));
  }
  return rows;
}
