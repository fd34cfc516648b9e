// Connections in the diagram: in small networks all of them, to be cut with a click; else the
// strongest of the unit that is looked at.

import { toggleCut } from "#network/hand.js";
import { allConnections, connectionsOf, startOf } from "#network/units.js";
import { stageOf } from "#results/stages.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_SHOWN = 400;
const STRONGEST = 6;
const WIDEST = 4;

// They reach from unit to unit: where the layers get another width, they are drawn anew.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    // A run that is being left has no stage any more, though its diagram is still to be seen.
    const stage = stageOf(target);
    if (stage && target.querySelector(".links path"))
      drawLinks(target.closest("[data-diagram]"), stage);
  }
});

export const drawAtAnySize = (layers) => sizes.observe(layers);

export function drawLinks(node, stage) {
  const layers = node.querySelector("[data-layers]");
  const box = layers.getBoundingClientRect();
  const all = node.dataset.size === "small" ? allConnections(stage) : [];
  const isSmall = all.length > 0 && all.length <= MOST_SHOWN;
  const shown = isSmall ? all : strongest(stage);
  const most = Math.max(...shown.map(({ weight }) => Math.abs(weight)), 1e-9);
  const lines = shown.map((link) => line(stage, layers, box, link, most, isSmall));
  const links = layers.querySelector(".links");
  links.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
  links.replaceChildren(...lines.filter(Boolean));
}

function strongest(stage) {
  if (stage.unit === null) return [];
  return connectionsOf(stage, stage.unit).flatMap((all) => all.slice(0, STRONGEST));
}

function line(stage, layers, box, link, most, isSmall) {
  const ends = [
    nodeAt(stage, layers, link.layer, link.from),
    nodeAt(stage, layers, link.layer + 1, link.to),
  ];
  if (!ends.every(Boolean)) return null;
  const [a, b] = ends.map((end) => end.getBoundingClientRect());
  const [x0, y0] = [a.right - box.left, (a.top + a.bottom) / 2 - box.top];
  const [x1, y1] = [b.left - box.left, (b.top + b.bottom) / 2 - box.top];
  const bend = (x1 - x0) / 2;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", `M${x0} ${y0}C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`);
  const share = Math.abs(link.weight) / most;
  path.style.strokeWidth = (0.4 + WIDEST * share).toFixed(2);
  path.style.setProperty("--strength", (0.15 + 0.65 * share).toFixed(2));
  path.classList.add(link.weight >= 0 ? "more" : "less");
  const isDead = ends.some((end) => end.getAttribute("aria-pressed") === "true");
  path.classList.toggle("dead", isDead);
  path.classList.toggle("cut", stage.hand.cuts.includes(link.name));
  const own = [nodeUnit(stage, link.layer, link.from), nodeUnit(stage, link.layer + 1, link.to)];
  path.classList.toggle("own", own.includes(stage.unit));
  if (isSmall) path.dataset.cut = link.name;
  return path;
}

// The unit at an end of a connection; none at the input and at the classes.
function nodeUnit(stage, layer, index) {
  const isHidden = layer > 0 && layer <= stage.page.network.hidden.length;
  return isHidden ? startOf(stage, layer - 1) + index : undefined;
}

function nodeAt(stage, layers, layer, index) {
  const unit = nodeUnit(stage, layer, index);
  const selector = unit === undefined ? `[data-end="${layer}.${index}"]` : `[data-unit="${unit}"]`;
  return layers.querySelector(selector);
}

document.addEventListener("click", ({ target }) => {
  const path = target.closest?.("[data-cut]");
  if (path) toggleCut(stageOf(path), path.dataset.cut);
});
