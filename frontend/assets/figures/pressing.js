// Points of charts and rows of tables are pressed: the slider goes to their place, and whoever
// listens hears what they are of.

import { whenCreated } from "#figures/draw.js";
import { moveTo } from "#figures/slider.js";
import { valuesOf } from "#figures/tables.js";
import { pointsOf, withChoices } from "#results/bindings.js";
import { stageOf } from "#results/stages.js";

const listeners = [];

// Each hears ({ stage, place, of, from }): `of` says what was pressed by names and values, `from`
// is the node that had the focus.
export const whenPressed = (listener) => listeners.push(listener);

function press(stage, place, of, from) {
  if (!stage?.page.slider || !Number.isFinite(place)) return;
  moveTo(stage, nearest(stage.page.places, place));
  for (const listener of listeners) listener({ stage, place: stage.at, of, from });
}

const nearest = (places, value) =>
  places.reduce(
    (best, at, i) => (Math.abs(at - value) < Math.abs(places[best] - value) ? i : best),
    0,
  );

// ---- Points of charts

whenCreated((node) => {
  node.on("plotly_click", ({ points, event }) => {
    const known = pressable(points, node);
    if (!known.length) return;
    const meant = closest(known, event, node);
    press(stageOf(node), placeOf(meant, node), meant.data.meta?.pressed?.of, node);
  });
  node.on("plotly_hover", ({ points }) =>
    node.toggleAttribute("data-pressable", pressable(points, node).length > 0),
  );
  node.on("plotly_unhover", () => node.removeAttribute("data-pressable"));
});

const pressable = (points, node) =>
  stageOf(node)?.page.slider ? points.filter((point) => Number.isFinite(placeOf(point, node))) : [];

// Where all curves are told at once, the one beside the pointer is meant; one that says what it is
// of before one that does not.
function closest(points, { clientY }, node) {
  const named = points.filter(({ data }) => data.meta?.pressed?.of);
  const top = node.getBoundingClientRect().top;
  const away = ({ y, yaxis }) => Math.abs(yaxis.d2p(y) + yaxis._offset + top - clientY);
  return (named.length ? named : points).reduce((best, point) =>
    away(point) < away(best) ? point : best,
  );
}

// The slider's place of a point, as frontend/figures/binding.py says; nothing where it has none.
function placeOf({ x, data, pointNumber, customdata }, node) {
  const { meta = {} } = data;
  if (node.layout.shapes?.some(isPlaceMark)) return x;
  if (!meta.pressed) return NaN;
  if (meta.table) return customdata;
  const { fold, choices } = stageOf(node);
  const name = withChoices(meta.series, choices);
  const at = pointsOf(fold.result, name, meta.labels)[pointNumber]?.[2];
  return fold.result.series[name]?.labels[meta.pressed.place]?.[at] ?? NaN;
}

const isPlaceMark = ({ name, visible }) => name === "place" && visible !== false;

// ---- Rows of tables

function pressRow(row) {
  const stage = stageOf(row);
  const place = JSON.parse(row.dataset.places).find((value) => value !== null);
  press(stage, place, valuesOf(row), row);
}

const rowOf = (target) => target.closest?.("tr[data-pressable]");

document.addEventListener("click", ({ target }) => {
  // Whoever marks a number to copy it does not press.
  if (rowOf(target) && !String(getSelection())) pressRow(rowOf(target));
});

const STEPS = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" };

document.addEventListener("keydown", (event) => {
  const row = event.target.matches?.("tr[data-pressable]") && event.target;
  if (!row) return;
  const next = row[STEPS[event.key]];
  if (event.key === "Enter" || event.key === " ") pressRow(row);
  else if (next) reach(row, next);
  else return;
  event.preventDefault();
});

// Of all rows one is reached by Tab, the others from there by arrows.
function reach(row, next) {
  row.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
