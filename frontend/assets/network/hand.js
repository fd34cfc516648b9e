// Masks made by hand: which units and which connections of a stage's network are removed, in what
// order, and the way back.

import { unitsOf } from "#network/told.js";
import { sizesOf } from "#network/units.js";
import { moved } from "#results/stages.js";

const MOST_STEPS = 200; // that can be undone

export const isEmpty = ({ units, cuts }) => !units.length && !cuts.length;

// As the worker takes it: 1 for each unit that is gone, and the names of connections.
export function maskOf(stage, { units, cuts } = stage.hand) {
  const removed = new Uint8Array(unitsOf(stage));
  for (const unit of units) removed[unit] = 1;
  return { removed, cuts };
}

// More masks that are kept would crowd out the criteria; the others can be loaded by hand.
const MOST_SHOWN = 6;

// Those that stand beside the criteria: the newest, the oldest of these first.
export const shownMasks = ({ page }) => (page.hand_masks ?? []).slice(-MOST_SHOWN);

export const panelNameOf = ({ id }) => `mask-${id}`;

// What a mask that is kept removes, named as by hand.
export const handOf = ({ units, connections }) => ({
  units,
  cuts: connections.map((ends) => ends.join(".")),
});

// Another mask, as one step that can be undone.
export function change(stage, { units = stage.hand.units, cuts = stage.hand.cuts }) {
  const { hand } = stage;
  const past = [...hand.past, { units: hand.units, cuts: hand.cuts }].slice(-MOST_STEPS);
  stage.hand = { units, cuts, past, future: [], revision: hand.revision + 1 };
  moved();
}

const toggled = (items, item) =>
  items.includes(item) ? items.filter((each) => each !== item) : [...items, item];

export const toggleUnit = (stage, unit) =>
  change(stage, { units: toggled(stage.hand.units, unit) });

export const toggleCut = (stage, name) => change(stage, { cuts: toggled(stage.hand.cuts, name) });

// Remove units, or bring them back, as one step with the one before it: a brush over several.
export function brush(stage, unit, isRemoved, isFirst) {
  const has = stage.hand.units.includes(unit);
  if (has === isRemoved) return;
  if (isFirst) return toggleUnit(stage, unit);
  const { hand } = stage;
  stage.hand = { ...hand, units: toggled(hand.units, unit), revision: hand.revision + 1 };
  moved();
}

function go(stage, from, to) {
  const { hand } = stage;
  const wanted = hand[from].at(-1);
  if (!wanted) return;
  stage.hand = {
    ...wanted,
    [from]: hand[from].slice(0, -1),
    [to]: [...hand[to], { units: hand.units, cuts: hand.cuts }],
    revision: hand.revision + 1,
  };
  moved();
}

export const undo = (stage) => go(stage, "past", "future");

export const redo = (stage) => go(stage, "future", "past");

// As addresses have it: `hand=3.17.250&cut=1.3.4_2.0.7&unit=17`.
export const written = ({ hand, unit }) => ({
  hand: hand.units.join("."),
  cut: hand.cuts.join("_"),
  unit: unit === null ? "" : String(unit),
});

// Take what an address says as far as there is such; whether that was all.
export function readHand(stage, { hand = "", cut = "", unit = "" }) {
  const isThere = thereIn(stage);
  const units = takenOf(hand.split("."), isThere.unit);
  const cuts = takenOf(cut.split("_"), isThere.connection);
  const looked = takenOf([unit], isThere.unit);
  const now = { units: units.taken.map(Number), cuts: cuts.taken };
  if (!isSame(now, stage.hand))
    stage.hand = { ...now, past: [], future: [], revision: stage.hand.revision + 1 };
  stage.unit = looked.taken.length ? Number(looked.taken[0]) : null;
  return [units, cuts, looked].every(({ isWhole }) => isWhole);
}

const isSame = (one, other) =>
  String(one.units) === String(other.units) && String(one.cuts) === String(other.cuts);

function takenOf(texts, isThere) {
  const said = [...new Set(texts.filter(Boolean))];
  const taken = said.filter(isThere);
  return { taken, isWhole: taken.length === said.length };
}

function thereIn(stage) {
  const [sizes, count] = [sizesOf(stage), unitsOf(stage)];
  const isBelow = (text, most) => /^\d{1,6}$/.test(text) && Number(text) < most;
  return {
    unit: (text) => isBelow(text, count),
    connection(text) {
      const [layer, from, to = "", ...more] = text.split(".");
      if (more.length || !isBelow(layer, sizes.length - 1)) return false;
      return isBelow(from, sizes[Number(layer)]) && isBelow(to, sizes[Number(layer) + 1]);
    },
  };
}
