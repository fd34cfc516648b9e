// The diagram of a network: a column for each layer, a button for each unit. In wide layers the
// strongest have pictures, and the rest are folded into small squares.

import { element } from "#basics/elements.js";
import { paintLast } from "#figures/draw.js";
import { showDetail } from "#network/detail.js";
import { whenEvaluated } from "#network/following.js";
import { brush, maskOf, toggleUnit } from "#network/hand.js";
import { drawAtAnySize, drawLinks } from "#network/links.js";
import { drawUnit } from "#network/picture.js";
import { rankings, ranksOf, removedAt, scoresOf } from "#network/told.js";
import { longName, rankWords, startOf } from "#network/units.js";
import { allShown, stageOf, whenMoved } from "#results/stages.js";

const WHOLE = 12; // units of a layer that is shown whole, in its own order
const STRONGEST = 8; // that have pictures in a wider one
const STILL_MS = 250; // before pictures are made anew

const diagrams = new WeakMap(); // node → what it shows

const rankingOf = (stage) =>
  rankings(stage).find(({ name }) => name === stage.choices.ranking) ?? rankings(stage)[0];

function diagramOf(node, stage) {
  const found = diagrams.get(node);
  if (found?.stage === stage) return found;
  const made = { node, stage, units: [], ranking: null, hand: null, removed: null, maps: null };
  diagrams.set(node, made);
  build(made);
  return made;
}

// Columns, and in them a button for each unit.
function build(diagram) {
  const { node, stage } = diagram;
  const { hidden, inputs, classes } = stage.page.network;
  const columns = hidden.map((width, layer) => {
    const first = startOf(stage, layer);
    const units = Array.from({ length: width }, (_, i) => unitButton(first + i));
    diagram.units.push(...units);
    const isWhole = width <= WHOLE;
    const large = isWhole ? width : STRONGEST;
    const strong = element("div", { className: "tiles" }, ...units.slice(0, large));
    const rest = element("div", { className: "cells" }, ...units.slice(large));
    const textContent = `Layer ${layer + 1} · ${width} units`;
    const head = element("div", { className: "layer-head", textContent });
    const set = { role: "group", "data-layer": layer };
    return element(
      "div",
      { className: isWhole ? "layer whole" : "layer", set },
      head,
      strong,
      rest,
    );
  });
  const links = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  links.classList.add("links");
  links.dataset.links = "";
  const layers = node.querySelector("[data-layers]");
  layers.replaceChildren(links, ends(inputs, 0), ...columns, ends(classes, hidden.length + 1));
  drawAtAnySize(layers);
  showDetail(diagram);
  node.dataset.size = hidden.every((width) => width <= WHOLE) ? "small" : "large";
}

const ends = (names, layer) =>
  element(
    "div",
    { className: "layer ends" },
    ...names.map((name, i) =>
      element("span", {
        className: "end",
        textContent: name,
        title: name,
        set: { "data-end": `${layer}.${i}` },
      }),
    ),
  );

const unitButton = (unit) =>
  element("button", {
    type: "button",
    className: "unit",
    tabIndex: -1,
    set: { "data-unit": unit, "aria-pressed": "false" },
  });

// Who goes first stands last; layers that are shown whole keep their order.
function arrange(diagram) {
  const { node, stage, ranking } = diagram;
  const ranks = ranksOf(stage, ranking.name);
  const scores = scoresOf(stage, ranking.name);
  const most = scores.reduce((all, score) => Math.max(all, score), 0) || 1;
  stage.page.network.hidden.forEach((width, layer) => {
    const column = node.querySelector(`[data-layer="${layer}"]`);
    const first = startOf(stage, layer);
    const units = diagram.units.slice(first, first + width);
    const order = width <= WHOLE ? units : [...units].sort((a, b) => rankIn(b) - rankIn(a));
    const strong = order.slice(0, width <= WHOLE ? width : STRONGEST);
    const focused = document.activeElement;
    column.querySelector(".tiles").replaceChildren(...strong);
    column.querySelector(".cells").replaceChildren(...order.slice(strong.length));
    if (units.includes(focused)) focused.focus({ preventScroll: true });
  });
  for (const [unit, button] of diagram.units.entries())
    button.style.setProperty("--score", Math.max(0, scores[unit] / most).toFixed(3));
  function rankIn(button) {
    return ranks[Number(button.dataset.unit)];
  }
}

// Which units are gone by hand, and which the criterion has removed at the slider's place.
function mark(diagram) {
  const { node, stage, units, ranking } = diagram;
  const ranks = ranksOf(stage, ranking.name);
  const removed = removedAt(stage);
  const gone = new Set(stage.hand.units);
  for (const [unit, button] of units.entries()) {
    const isGone = gone.has(unit);
    const isBelow = ranks[unit] < removed;
    if (button.classList.contains("below") !== isBelow) button.classList.toggle("below", isBelow);
    if ((button.getAttribute("aria-pressed") === "true") !== isGone)
      button.setAttribute("aria-pressed", isGone);
  }
  if (diagram.hand === stage.hand && diagram.named === ranking) return;
  for (const [unit, button] of units.entries()) {
    const state = gone.has(unit) ? "removed" : "kept";
    const said = `${longName(stage, unit)}: ${state}. ${rankWords(stage, ranking, unit)}`;
    if (button.getAttribute("aria-label") !== said) button.setAttribute("aria-label", said);
  }
  stage.page.network.hidden.forEach((width, layer) => {
    const column = node.querySelector(`[data-layer="${layer}"]`);
    const first = startOf(stage, layer);
    const left = units.slice(first, first + width).filter((_, i) => !gone.has(first + i)).length;
    const said = left === width ? `${width} units` : `${left} of ${width} units`;
    column.querySelector(".layer-head").textContent = `Layer ${layer + 1} · ${said}`;
    column.setAttribute("aria-label", `Layer ${layer + 1}: ${said}`);
  });
}

// The pictures of those that have one, once the mask has not changed for a moment.
function wantPictures(diagram) {
  clearTimeout(diagram.timer);
  diagram.timer = setTimeout(
    async () => {
      const { stage } = diagram;
      const { revision } = stage.hand;
      const mask = stage.live && maskOf(stage);
      if (!mask) return;
      const { maps, side } = await stage.live.ask("maps", { mask });
      if (revision !== stage.hand.revision) return;
      Object.assign(diagram, { maps, side });
      drawPictures(diagram);
      show(diagram);
    },
    diagram.maps ? STILL_MS : 0,
  );
}

function drawPictures({ node, maps, side }) {
  if (!maps) return;
  for (const button of node.querySelectorAll(".tiles .unit")) {
    const canvas = button.querySelector("canvas") ?? element("canvas");
    if (!canvas.isConnected) button.append(canvas);
    drawUnit(canvas, maps[Number(button.dataset.unit)], side);
  }
}

// What is said of the unit that is looked at, and its connections.
function show(diagram) {
  const { stage, node } = diagram;
  for (const button of diagram.units)
    button.classList.toggle("shown", Number(button.dataset.unit) === stage.unit);
  showDetail(diagram);
  drawLinks(node, stage);
}

function paint(node) {
  const stage = stageOf(node);
  if (!stage.page.network) return;
  // From the beginning, so that nothing jumps when the run tells its network.
  const diagram = diagramOf(node, stage);
  if (!stage.live || !rankings(stage).length) return;
  const ranking = rankingOf(stage);
  const isOther = diagram.ranking !== ranking;
  const isChanged = diagram.hand !== stage.hand;
  diagram.ranking = ranking;
  if (isOther) arrange(diagram);
  mark(diagram);
  if (isOther) drawPictures(diagram);
  if (isOther || isChanged || diagram.shown !== stage.unit) show(diagram);
  if (isChanged) wantPictures(diagram);
  Object.assign(diagram, { hand: stage.hand, named: ranking, shown: stage.unit });
  if (!node.querySelector(".unit[tabindex='0']")) node.querySelector(".unit").tabIndex = 0;
}

export const paintDiagrams = () => allShown("[data-diagram]").forEach(paint);

function look(button) {
  const stage = stageOf(button);
  const unit = Number(button.dataset.unit);
  if (stage.unit === unit) return;
  stage.unit = unit;
  paint(button.closest("[data-diagram]"));
}

// A mouse removes what it is drawn over, or brings it back, as it does with the first.
let stroke = null;

document.addEventListener("pointerdown", (event) => {
  const button = event.target.closest?.("[data-unit]");
  if (!button || event.button || event.pointerType === "touch") return;
  const stage = stageOf(button);
  stroke = { stage, isRemoved: button.getAttribute("aria-pressed") !== "true", isFirst: true };
  draw(button);
});

function draw(button) {
  brush(stroke.stage, Number(button.dataset.unit), stroke.isRemoved, stroke.isFirst);
  stroke.isFirst = false;
}

document.addEventListener("pointerover", (event) => {
  const button = event.target.closest?.("[data-unit]");
  if (!button || event.pointerType === "touch") return;
  if (stroke && stageOf(button) === stroke.stage) draw(button);
  look(button);
});

for (const end of ["pointerup", "pointercancel"])
  document.addEventListener(end, () => {
    stroke = null;
  });

// A finger and the keyboard come as clicks; the mouse has been heard already.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-unit]");
  if (!button) return;
  look(button);
  if (event.pointerType === "mouse" && event.detail) return;
  toggleUnit(stageOf(button), Number(button.dataset.unit));
});

document.addEventListener("focusin", ({ target }) => {
  if (!target.matches("[data-unit]")) return;
  for (const each of target.closest("[data-diagram]").querySelectorAll(".unit[tabindex='0']"))
    each.tabIndex = -1;
  target.tabIndex = 0;
  look(target);
});

const SIDES = { ArrowLeft: -1, ArrowRight: 1 };
const STEPS = { ArrowUp: -1, ArrowDown: 1 };

// Up and down within a layer, as its units stand there; left and right to the next layer.
document.addEventListener("keydown", (event) => {
  const button = event.target.closest?.("[data-unit]");
  const next = button && neighbour(button, event.key);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

function neighbour(button, key) {
  const columns = [...button.closest("[data-layers]").querySelectorAll("[data-layer]")];
  const column = button.closest("[data-layer]");
  const units = [...column.querySelectorAll(".unit")];
  if (key === "Home") return units[0];
  if (key === "End") return units.at(-1);
  if (STEPS[key]) return units[units.indexOf(button) + STEPS[key]];
  const beside = SIDES[key] && columns[columns.indexOf(column) + SIDES[key]];
  if (!beside) return null;
  const others = [...beside.querySelectorAll(".unit")];
  return others[Math.min(units.indexOf(button), others.length - 1)];
}

whenMoved(paintDiagrams);
whenEvaluated(paintDiagrams);
paintLast(paintDiagrams);
