// Masks that are kept with a run stand beside its criteria: each has a panel, made after that of
// what is removed by hand, and a curve.

import { dropFigure, forgetFigures, paintLast, repaint } from "#figures/draw.js";
import { handOf, panelNameOf, shownMasks } from "#network/hand.js";
import { drawCurve } from "#network/hand_curve.js";
import { allOn, stages, whenMoved } from "#results/stages.js";

// Of masks that were kept since the page was made, which gives all others theirs.
const COLOURS = ["#7048e8", "#0b7285", "#a61e4d", "#5c940d", "#364fc7", "#862e9c"];
const SYMBOLS = ["square", "diamond", "cross", "triangle-up", "star", "x"];

const beside = new WeakMap(); // stage → the masks that stand beside its criteria

// What is made for the panel of what is removed by hand, made for a mask.
const madeFor = (mask, text) =>
  text.replaceAll(/\b(boundary|accuracy|loss)\/hand\b/g, `$1/${panelNameOf(mask)}`);

const given = new Map(); // mask without a colour of its own → that which it has here

function colourOf(mask) {
  if (mask.colour) return mask.colour;
  if (!given.has(mask.id)) given.set(mask.id, COLOURS[given.size % COLOURS.length]);
  return given.get(mask.id);
}

const titleOf = ({ name, author }) => (author ? `${name} (${author})` : name);

function putBeside(stage) {
  const masks = shownMasks(stage);
  const before = beside.get(stage) ?? [];
  const isSame = masks.length === before.length && masks.every((mask, i) => mask === before[i]);
  if (isSame || !stage.live) return;
  beside.set(stage, masks);
  for (const mask of before.filter((each) => !masks.includes(each))) takeAway(stage, mask);
  for (const mask of masks.filter((each) => !before.includes(each))) add(stage, mask);
  setCurves(stage, masks);
  stage.live.follow();
  repaint();
}

function takeAway(stage, mask) {
  for (const toggle of allOn(stage, `[data-group="${panelNameOf(mask)}"]`)) toggle.remove();
  for (const panel of allOn(stage, `[data-testid="panel-${panelNameOf(mask)}"]`)) {
    forgetFigures(panel);
    panel.remove();
  }
  delete stage.page.figures[`panel-${panelNameOf(mask)}`];
}

function add(stage, mask) {
  const { figures } = stage.page;
  drawCurve(stage, panelNameOf(mask), handOf(mask));
  addToggles(stage, mask);
  // On a dashboard there may be other parts of the run alone.
  if (!figures["panel-hand"]) return;
  figures[`panel-${panelNameOf(mask)}`] = JSON.parse(
    madeFor(mask, JSON.stringify(figures["panel-hand"])),
  );
  for (const panel of allOn(stage, "[data-testid=panel-hand]")) {
    const last = [...panel.parentElement.querySelectorAll(":scope > [data-testid^=panel-mask]")].at(
      -1,
    );
    (last ?? panel).after(panelOf(mask, panel));
  }
}

// A toggle for its curve, beside that of what is removed by hand.
function addToggles(stage, mask) {
  for (const toggle of allOn(stage, "[data-group=hand]")) {
    const made = toggle.cloneNode(true);
    made.dataset.group = panelNameOf(mask);
    made.setAttribute("aria-pressed", "true");
    made.lastChild.textContent = titleOf(mask);
    colourAs(mask, made);
    toggle.after(made);
  }
}

const colourAs = (mask, node) =>
  node.querySelector(".swatch")?.style.setProperty("--swatch", colourOf(mask));

// How much is gone, in words.
function removedIn({ units, connections }) {
  const cuts = connections.length;
  const gone = `${units.length} unit${units.length === 1 ? "" : "s"} removed`;
  return cuts ? `${gone}, ${cuts} connection${cuts === 1 ? "" : "s"} cut` : gone;
}

function panelOf(mask, panel) {
  const made = panel.cloneNode(true);
  made.classList.remove("enlarged");
  made.dataset.testid = `panel-${panelNameOf(mask)}`;
  const plot = made.querySelector("[data-figure]");
  const fresh = document.createElement("div");
  Object.assign(fresh, { className: "plot", role: "img" });
  fresh.setAttribute("aria-label", titleOf(mask));
  fresh.dataset.figure = `panel-${panelNameOf(mask)}`;
  plot.replaceWith(fresh);
  for (const reading of made.querySelectorAll("[data-reading]"))
    reading.dataset.reading = madeFor(mask, reading.dataset.reading);
  const title = made.querySelector(".panel-title");
  title.lastChild.textContent = titleOf(mask);
  title.title = [titleOf(mask), removedIn(mask), mask.note].filter(Boolean).join(". ");
  colourAs(mask, made);
  made.querySelector(".enlarge")?.setAttribute("aria-label", `Enlarge ${titleOf(mask)}`);
  made.querySelector(".enlarge")?.setAttribute("aria-pressed", "false");
  return made;
}

// Traces for these masks, after those of what is removed by hand, in all charts that have such.
function setCurves(stage, masks) {
  for (const [name, figure] of Object.entries(stage.page.figures)) {
    const own = figure.data.filter(({ meta }) => meta?.series === "accuracy/hand");
    if (!own.length) continue;
    const others = figure.data.filter(({ meta }) => !meta?.series?.startsWith("accuracy/mask-"));
    const made = masks.flatMap((mask, i) => own.map((trace) => traceOf(trace, mask, i)));
    figure.data = [...others, ...made];
    for (const plot of allOn(stage, `[data-figure="${name}"].js-plotly-plot`)) dropFigure(plot);
  }
}

function traceOf(trace, mask, index) {
  const made = JSON.parse(madeFor(mask, JSON.stringify(trace)));
  const color = colourOf(mask);
  return {
    ...made,
    name: made.name.replace("By hand", titleOf(mask)),
    legendgroup: panelNameOf(mask),
    line: { ...made.line, color },
    marker: { ...made.marker, symbol: SYMBOLS[index], color },
    mode: "lines+markers",
  };
}

const putAllBeside = () =>
  [...stages.values()].filter(({ page }) => page.network).forEach(putBeside);

whenMoved(putAllBeside);
paintLast(putAllBeside);
