// Panels that the next run goes on with: where its points are the same, figures stay as they are,
// and boundaries are painted onto them as soon as they come. Plotly follows a moment later.

import {
  dropFigure,
  figuresOf,
  keepFigure,
  paintFirst,
  releaseFigure,
  repaint,
} from "#figures/draw.js";
import { boundaryOf, paintBoundary } from "#network/boundary.js";
import { gridOf, storedBoundary } from "#network/told.js";
import { isOver, stages } from "#results/stages.js";

const STILL_MS = 200;
const POINTS = ["grid", "points/train", "points/reference", "points/test"];

const kept = new Map(); // figure → the points that it shows
let timer = null;

// What boundaries are drawn below; nothing while not all of it has come.
function pointsOf({ fold }) {
  const frames = POINTS.map((name) => fold.result.frames[name]?.[0]?.arrays);
  return frames.every(Boolean) ? JSON.stringify(frames) : null;
}

// Of a run that begins nothing is removed by hand.
function answerFor(node, stage) {
  const panel = boundaryOf(node, stage);
  return storedBoundary(stage, panel === "hand" ? "unpruned" : panel);
}

const figureOf = (page, node) => JSON.stringify(page.figures[node.dataset.figure]);

// The panels of the run that is shown, before its page is left.
export function takePanels() {
  const stage = stages.get("run");
  const points = stage && pointsOf(stage);
  if (!points) return [];
  return figuresOf(stage)
    .filter((node) => node.matches(".is-live:not(.enlarged *)"))
    .filter((node) => answerFor(node, stage))
    .map((node) => ({ node, points, figure: figureOf(stage.page, node) }));
}

// They stand in for those panels of the next page that would be drawn as they are; others go.
export function putPanels(panels, page) {
  kept.clear();
  for (const { node, points, figure } of panels) {
    const place = document.querySelector(`#drawn [data-figure="${node.dataset.figure}"]`);
    if (!place || figureOf(page, node) !== figure) {
      dropFigure(node);
      continue;
    }
    place.replaceWith(node);
    node.classList.add("stale");
    keepFigure(node);
    kept.set(node, points);
  }
}

// Paint what has come; a run with other points, or none to the end, is drawn from the beginning.
function goOn() {
  const stage = stages.get("run");
  const own = kept.size && stage && pointsOf(stage);
  for (const [node, points] of kept) {
    if (own ? own !== points : !stage || isOver(stage.run)) drop(node);
    else if (own) paint(node, stage);
  }
}

function paint(node, stage) {
  const answer = answerFor(node, stage);
  if (!answer) return;
  paintBoundary(node, stage, answer, gridOf(stage));
  node.classList.remove("stale");
  clearTimeout(timer);
  timer = setTimeout(settle, STILL_MS);
}

// Plotly has a figure of its own below what is painted: nobody looks up values in what still moves.
function settle() {
  for (const node of [...kept.keys()].filter((each) => !each.matches(".stale"))) {
    kept.delete(node);
    releaseFigure(node);
  }
  repaint();
}

function drop(node) {
  kept.delete(node);
  node.classList.remove("stale", "is-live");
  dropFigure(node);
}

paintFirst(goOn);
