// Draws the figures of the page: what their bindings ask for, no oftener than the screen shows it,
// only those that are in sight or close to it, and of each figure only what has changed.

import { fit, pointScale } from "#figures/fit.js";
import { withPlotly } from "#figures/plotly.js";
import { isVisible } from "#figures/toggles.js";
import { layoutFor } from "#results/axis_ranges.js";
import { firstText, pointsOf, wantedBy, withChoices } from "#results/bindings.js";
import { FORMATS } from "#results/formats.js";
import { allShown, isAllOver, isOver, stageOf, stages, whenMoved } from "#results/stages.js";

export const MISSING = "–";
// One painting takes no longer than this before the screen gets its turn.
const BUDGET_MS = 40;
// While events pour in, all figures are brought up to date this often at most, and drawing takes
// no more than a fifth of the time: the worker that makes the events may share this processor.
const PAUSE_MS = 200;
const PAUSE_PER_WORK = 4;
// How far from being in sight a figure is drawn, in heights of the window.
const CLOSE = 0.75;

// What else is brought up to date: when a round begins, when it ends, and when no other follows.
const first = [];
const last = [];
const settled = [];

export const paintFirst = (painter) => first.push(painter);

export const paintLast = (painter) => last.push(painter);

// And what hears of a figure that is there for the first time.
const created = [];

export const whenCreated = (listener) => created.push(listener);

export const whenSettled = (listener) => settled.push(listener);

const plots = new Set(); // the figures that were created
const resting = new Set(); // and those of them that others paint until they are released
let shows = new WeakMap(); // trace → {TARGET: what it shows}
let layouts = new WeakMap(); // figure → what was last asked of its layout
const types = new WeakMap(); // figure → the kinds and directions of its axes
const rooms = new WeakMap(); // figure → the size that it has on the page
const scales = new WeakMap(); // figure → how large its points are drawn
let painted = new Set(); // frames that were on the screen
const paintedAt = new WeakMap(); // figure → when it was brought up to date
let waiting = false; // for the screen
let timer = null; // or for the next round
let asked = 0; // how often a painting was asked for,
let roundAsked = 0; // and how often when this round began
let nodes = []; // the figures of this round,
let turn = 0; // and the one that comes next
let roundWish = null; // what people had asked to see when this round began
let work = 0; // the milliseconds that its updates have taken
let dueAt = 0; // when the next may begin

// What has changed on a trace, {TARGET: value}; it counts as shown from now on.
function changesOf(trace, stage) {
  const changes = {};
  const known = shows.get(trace) || {};
  shows.set(trace, known);
  for (const [target, { from, value }] of Object.entries(wantedBy(trace, stage))) {
    const was = known[target];
    if (was && from.every((item, i) => item === was[i])) continue;
    known[target] = from;
    for (const frame of from) if (frame?.arrays) painted.add(frame);
    const found = value();
    if (found) changes[target] = found;
    // Nothing is better than what belongs to another place.
    else if (was?.some((frame) => frame?.arrays)) changes[target] = target === "source" ? null : [];
  }
  return changes;
}

// Set what a path such as `marker.color` or `shapes[0].visible` leads to.
export function setPath(target, path, value) {
  const steps = path.match(/\w+/g);
  const end = steps.pop();
  for (const name of steps) target = target[name] = target[name] || {};
  target[end] = value;
}

// What the layout is to be, in the room that the figure has; null while that is not known.
function layoutWanted(node, stage) {
  const { layout } = figureOf(node, stage);
  const wanted = layoutFor(layout, stage);
  return wanted && { ...wanted, ...fit(rooms.get(node), layout, wanted) };
}

// What the layout is to be once a figure can be drawn, null before: it has to be known what its
// axes span, so that nothing in it jumps, and one that waits needs something to show.
function ready(node, stage, figure) {
  const wanted = layoutWanted(node, stage);
  const waits = node.dataset.waiting && !figure.data.some((trace) => hasCome(trace, stage));
  return waits ? null : wanted;
}

export const hasCome = (trace, stage) =>
  Object.values(wantedBy(trace, stage)).some(({ value }) => value()?.length);

function create(node, stage) {
  // The same figure may be on the page twice.
  const figure = structuredClone(figureOf(node, stage));
  const wanted = ready(node, stage, figure);
  if (!wanted) return;
  for (const trace of figure.data) {
    for (const [target, value] of Object.entries(changesOf(trace, stage)))
      setPath(trace, target, value);
    trace.visible = isVisible(node, trace);
  }
  scales.delete(node);
  for (const [i, size] of pointChanges(node, figure.data)) figure.data[i].marker.size = size;
  for (const [path, value] of Object.entries(wanted)) setPath(figure.layout, path, value);
  layouts.set(node, JSON.stringify(wanted));
  types.set(node, typesOf(figure.layout));
  const mark = placeMark(figure.layout);
  if (mark) mark.x0 = mark.x1 = stage.at;
  window.Plotly.newPlot(node, figure.data, figure.layout, figure.config);
  plots.add(node);
  for (const listener of created) listener(node);
}

function update(node, stage) {
  const sizes = pointChanges(node, figureOf(node, stage).data);
  const changes = node.data.map((trace, i) => {
    const visible = isVisible(node, trace);
    const isToggled = visible !== (trace.visible ?? true);
    const size = sizes.get(i);
    return {
      ...changesOf(trace, stage),
      ...(isToggled && { visible }),
      ...(size && { "marker.size": size }),
    };
  });
  const touched = [...changes.keys()].filter((i) => Object.keys(changes[i]).length);
  const targets = [...new Set(touched.flatMap((i) => Object.keys(changes[i])))];
  const data = Object.fromEntries(
    targets.map((target) => [target, touched.map((i) => changes[i][target])]),
  );
  // Plotly lets the axes find their ranges anew whenever x or y is set.
  const isFree = targets.includes("x") || targets.includes("y");
  const layout = { ...layoutChanges(node, stage, isFree), ...markChanges(node.layout, stage.at) };
  const isLaidOut = Object.keys(layout).length > 0;
  if (touched.length && isLaidOut) window.Plotly.update(node, data, layout, touched);
  else if (touched.length) window.Plotly.restyle(node, data, touched);
  else if (isLaidOut) window.Plotly.relayout(node, layout);
}

function layoutChanges(node, stage, isFree) {
  const wanted = layoutWanted(node, stage) || {};
  const text = JSON.stringify(wanted);
  const before = layouts.get(node);
  if (!isFree && text === before) return {};
  layouts.set(node, text);
  return isFree ? { ...types.get(node), ...wanted } : differing(wanted, JSON.parse(before || "{}"));
}

// Only what is another: an axis whose kind is set, be it to the same, forgets the range that is set
// beside it.
function differing(wanted, before) {
  const isOther = ([path, value]) => JSON.stringify(value) !== JSON.stringify(before[path]);
  return Object.fromEntries(Object.entries(wanted).filter(isOther));
}

// The sizes of points that are not as they are drawn, by trace. Figures on dashboards are as large
// as their panels; all others have points for the size that they have everywhere.
function pointChanges(node, traces) {
  const scale = node.closest(".panel-body") ? pointScale(rooms.get(node)) : 1;
  if (scale === (scales.get(node) ?? 1)) return new Map();
  scales.set(node, scale);
  const sizes = [...traces.entries()].map(([i, { marker }]) => [i, scale * marker?.size]);
  return new Map(sizes.filter(([, size]) => size));
}

// The kinds of axes that a layout names, and which fall: Plotly forgets both whenever x or y is set.
function typesOf(layout) {
  const named = ["xaxis", "yaxis"].flatMap((axis) =>
    ["type", "autorange"].map((name) => [`${axis}.${name}`, layout[axis]?.[name]]),
  );
  return Object.fromEntries(named.filter(([, value]) => value));
}

function markChanges(layout, at) {
  const mark = placeMark(layout);
  if (!mark || mark.x0 === at) return {};
  const name = `shapes[${placeIndex(layout)}]`;
  return { [`${name}.x0`]: at, [`${name}.x1`]: at };
}

const placeIndex = ({ shapes }) => (shapes || []).findIndex((shape) => shape.name === "place");
const placeMark = (layout) => layout.shapes?.[placeIndex(layout)];

const figureOf = (node, stage) => stage.page.figures[node.dataset.figure];

function paintFigure(node) {
  const stage = stageOf(node);
  // It may have gone from the page since the round began.
  if (!stage || !figureOf(node, stage)) return;
  if (!node._fullLayout) return create(node, stage);
  if (resting.has(node)) return;
  const start = performance.now();
  update(node, stage);
  work += performance.now() - start;
}

// The figures that are in sight, then those that are close to it.
function closeBy() {
  const height = window.innerHeight;
  const inSight = [];
  const close = [];
  for (const node of allShown("[data-figure]")) {
    const box = node.getBoundingClientRect();
    const { top, bottom } = box;
    rooms.set(node, box);
    if (bottom > 0 && top < height) inSight.push(node);
    else if (bottom > -CLOSE * height && top < (1 + CLOSE) * height) close.push(node);
  }
  // Whoever moves the slider fast cuts rounds short: then no figure is always the last.
  const longestAgo = (a, b) => (paintedAt.get(a) || 0) - (paintedAt.get(b) || 0);
  return [...inSight.sort(longestAgo), ...close.sort(longestAgo)];
}

// A figure that is not there yet though it could be.
function isMissing(node) {
  const stage = stageOf(node);
  const figure = stage && figureOf(node, stage);
  return !node._fullLayout && figure && ready(node, stage, figure);
}

// How long the next round has to wait: not at all for a missing figure, nor when asked urgently.
function pauseFor() {
  if (isUrgent() || nodes.some(isMissing)) return 0;
  return dueAt - performance.now();
}

// Somebody moved the slider or chose something, or nothing more will come.
const isUrgent = () => wish() !== roundWish || isAllOver();

const wish = () =>
  JSON.stringify([...stages.values()].map(({ name, at, choices }) => [name, at, choices]));

// Paint as many figures as the budget allows; true once the round is complete.
function paintSome() {
  const start = performance.now();
  while (turn < nodes.length && performance.now() - start < BUDGET_MS) {
    paintFigure(nodes[turn]);
    paintedAt.set(nodes[turn], performance.now());
    tried(nodes[turn]);
    turn += 1;
  }
  return turn >= nodes.length;
}

export function paintTexts() {
  for (const node of allShown("[data-reading]")) {
    const text = read(JSON.parse(node.dataset.reading), stageOf(node));
    if (node.textContent !== text) node.textContent = text;
  }
}

// What a reading says; what was shared before readings had formats shows percentages.
export function read(reading, stage) {
  const { series, labels, format = "percent", exact, reached, bound, chosen } = reading;
  if (chosen)
    return Object.entries(chosen)
      .map(([name, words]) => words[stage.choices[name]])
      .join(" ");
  if (bound) return firstText(bound, stage) || MISSING;
  const { fold, at, choices, live } = stage;
  const own = withChoices(series, choices);
  const point = pointsOf(fold.result, own, labels)
    .filter(([x]) => x === at || (x < at && !exact))
    .at(-1);
  const evaluated = point?.[0] === at ? undefined : live?.value(own, labels);
  if (evaluated !== undefined) return FORMATS[format](evaluated);
  return point ? FORMATS[format](point[reached ? 0 : 1]) : MISSING;
}

function beginRound() {
  [roundWish, roundAsked, work] = [wish(), asked, 0];
  for (const painter of first) painter();
  paintTexts();
}

function endRound() {
  for (const painter of last) painter();
  turn = 0;
  // New figures are empty still: what they are to show must not wait.
  dueAt = work ? performance.now() + Math.max(PAUSE_MS, PAUSE_PER_WORK * work) : 0;
}

function paint() {
  waiting = false;
  if (!stages.size) return;
  if (!window.Plotly) return withPlotly(() => schedule());
  if (wish() !== roundWish) turn = 0;
  if (turn === 0) nodes = closeBy();
  const pause = turn === 0 ? pauseFor() : 0;
  if (pause > 0) return schedule(pause);
  if (turn === 0) beginRound();
  const done = paintSome();
  document.documentElement.dataset.painted = painted.size;
  if (!done) return schedule();
  endRound();
  if (asked !== roundAsked) return schedule();
  const isStill = [...stages.values()].every(({ live }) => live?.isStill ?? true);
  if (!isStill || resting.size) return;
  document.documentElement.dataset.settled = "yes";
  for (const listener of settled) listener();
}

// Paint before the screen is next drawn, or after a pause.
function schedule(pause = 0) {
  clearTimeout(timer);
  timer = pause > 0 ? setTimeout(schedule, pause) : null;
  if (timer || waiting) return;
  waiting = true;
  requestAnimationFrame(paint);
}

// Something is not as it is drawn: draw it before long. Asking twice costs nothing.
export function repaint() {
  document.documentElement.dataset.settled = "no";
  asked += 1;
  if (!timer || isUrgent()) schedule();
}

export function startPainting() {
  [shows, layouts, painted] = [new WeakMap(), new WeakMap(), new Set()];
  [turn, roundWish] = [0, null];
  repaint();
}

// Other figures come into sight.
for (const moved of ["scroll", "resize"])
  window.addEventListener(moved, () => stages.size && repaint(), { passive: true });

export const figuresOf = (stage) => [...plots].filter((node) => stageOf(node) === stage);

// Every figure of the page, also those that nobody has come to yet.
export function drawAll() {
  for (const node of allShown("[data-figure]")) {
    rooms.set(node, node.getBoundingClientRect());
    paintFigure(node);
    tried(node);
  }
  paintTexts();
}

// A figure that stays empty once all is said and here has nothing to show; until then it may.
function tried(node) {
  const voices = stageOf(node)?.voices ?? [];
  if (voices.every(({ run, is_light, hasFrames }) => isOver(run) && (hasFrames || !is_light)))
    node.dataset.tried = "yes";
}

// A figure of the page before that stays as it is until it is released.
export function keepFigure(node) {
  plots.add(node);
  resting.add(node);
}

export const releaseFigure = (node) => resting.delete(node);

// A figure is made anew, if there is one. Plotly listens to the window for every figure until it is
// told to stop.
export function dropFigure(node) {
  window.Plotly.purge(node);
  plots.delete(node);
  resting.delete(node);
}

// What is in an element goes from the page.
export const forgetFigures = (element) =>
  element.querySelectorAll(".js-plotly-plot").forEach(dropFigure);

// All but these figures are done with.
export function stopPainting(kept = []) {
  for (const node of plots) if (!kept.includes(node)) dropFigure(node);
  plots.clear();
}

whenMoved(repaint);
