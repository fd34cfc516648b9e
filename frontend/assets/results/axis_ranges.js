// What the axes of a figure span, and what else of its layout follows what is chosen: as written in
// frontend/figures/binding.py.

import { frameAt, splitSource, withChoices } from "#results/bindings.js";
import { decode } from "#results/fold.js";

// The layout's attributes by their paths: ranges, and what is chosen; null while a range that
// it needs is not known.
export function layoutFor(layout, stage) {
  const ranges = rangesFor(layout, stage);
  if (!ranges) return null;
  const wanted = Object.entries(ranges).map(([axis, range]) => [`${axis}axis.range`, range]);
  const dress = Object.entries(layout.meta?.by || {}).map(
    ([chooser, options]) => options[stage.choices[chooser]],
  );
  return Object.assign(Object.fromEntries(wanted), ...dress);
}

export function rangesFor(layout, stage) {
  const extent = layout.meta?.extent || {};
  if (typeof extent === "string") return ofFrame(frameOf(extent, stage));
  if (extent.image) return ofPicture(extent.image, stage);
  const spans = Object.entries(extent).map(([axis, span]) => [axis, spanned(span, stage)]);
  return spans.every(([, span]) => span) ? Object.fromEntries(spans) : null;
}

const frameOf = (name, { fold, at, choices }) =>
  frameAt(fold.result, withChoices(name, choices), at);

function ofFrame(frame) {
  const ends = (axis) => {
    const { values } = decode(frame.arrays[axis]);
    return [values[0], values.at(-1)];
  };
  return frame && { x: ends("x"), y: ends("y") };
}

function ofPicture(name, stage) {
  const [main, array] = splitSource(name);
  const frame = frameOf(main, stage);
  if (!frame) return null;
  const [height, width] = decode(frame.arrays[array]).shape;
  return width ? { x: [-0.5, width - 0.5], y: [height - 0.5, -0.5] } : null;
}

function spanned(span, stage) {
  if (Array.isArray(span)) return span;
  if (span.by) return spanned(span.of[stage.choices[span.by]], stage);
  if (span.hold) return holding(span, stage);
  const [low, high] = span.least;
  const lowest = least([low, lowestOf(span, stage.fold.result)]);
  const bottom = Math.min(low, Math.max(0, Math.floor(10 * lowest) / 10));
  return [bottom - (span.room || 0) * (high - bottom), high];
}

// Spreading a long list into Math.min would be more arguments than a call takes, and what is no
// number is to count for nothing.
// biome-ignore-start lint/complexity/useMathMinMax: these return NaN where there is one
const least = (numbers) => numbers.reduce((best, n) => (n < best ? n : best), Infinity);
const most = (numbers) => numbers.reduce((best, n) => (n > best ? n : best), -Infinity);
// biome-ignore-end lint/complexity/useMathMinMax: these return NaN where there is one

function lowestOf({ series = [], from = -Infinity, frames = [], columns = [] }, result) {
  const since = ({ x, y }) => {
    const later = y.filter((_, i) => x[i] >= from);
    return later.length ? later : y;
  };
  return least([
    ...series.map((name) => least(since(result.series[name] || { x: [], y: [] }))),
    ...frames.flatMap((name) => (result.frames[name] || []).map(smallest)),
    ...columns.map(([table, name]) => least(column(result, table, name))),
  ]);
}

const smallestOf = new WeakMap(); // frame → its smallest number

function smallest(frame) {
  if (!smallestOf.has(frame)) {
    const values = Object.values(frame.arrays).map((array) => least(decode(array).values));
    smallestOf.set(frame, least(values));
  }
  return smallestOf.get(frame);
}

function holding({ hold, least: always = [], room = 0, log = false }, stage) {
  let numbers = [...always, ...hold.flatMap((held) => heldBy(held, stage))];
  if (log) numbers = numbers.filter((number) => number > 0).map(Math.log10);
  if (!numbers.length) return null;
  const [low, high] = [least(numbers), most(numbers)];
  const extra = room * (high - low);
  return [log ? low - extra : low, high + extra];
}

function heldBy(held, stage) {
  const { result } = stage.fold;
  const chosen = (name) => withChoices(name, stage.choices);
  if (held.series) return result.series[chosen(held.series)]?.y || [];
  if (held.x) return result.series[chosen(held.x)]?.x || [];
  if (held.table) return column(result, held.table, chosen(held.column));
  const [main, array] = splitSource(held);
  const frame = frameOf(main, { ...stage, at: 0 });
  return frame ? Array.from(decode(frame.arrays[array]).values) : [];
}

function column(result, table, name) {
  const found = result.tables[table];
  const place = found ? found.columns.indexOf(name) : -1;
  if (place < 0) return [];
  return found.rows.map((row) => row[place]).filter((value) => value !== null);
}
