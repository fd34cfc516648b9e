// Masks made by hand: which units and which connections of a stage's network are removed, in what
// order, and the way back.

import { moved } from "#results/stages.js";

const MOST_STEPS = 200; // that can be undone

export const isEmpty = ({ units, cuts }) => !units.length && !cuts.length;

// As the worker takes it: 1 for each unit that is gone, and the names of connections.
export function maskOf(stage) {
  const { hidden } = stage.page.network;
  const removed = new Uint8Array(hidden.reduce((sum, width) => sum + width, 0));
  for (const unit of stage.hand.units) removed[unit] = 1;
  return { removed, cuts: stage.hand.cuts };
}

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

// In an address: `hand=3.17.250` and `cut=1.3.4_2.0.7`.
export const written = ({ units, cuts }) => ({ hand: units.join("."), cut: cuts.join("_") });

// What an address says, as far as the network has it, and whether that is all.
export function read(stage, { hand = "", cut = "" }) {
  const { hidden, inputs, classes } = stage.page.network;
  const sizes = [inputs.length, ...hidden, classes.length];
  const count = hidden.reduce((sum, width) => sum + width, 0);
  const whole = (text, below) => /^\d+$/.test(text) && Number(text) < below;
  const names = hand.split(".").filter(Boolean);
  const units = [...new Set(names.filter((text) => whole(text, count)).map(Number))];
  const all = cut.split("_").filter(Boolean);
  const isThere = (name) => {
    const [layer, from, to, ...more] = name.split(".");
    return (
      !more.length &&
      whole(layer, sizes.length - 1) &&
      whole(from, sizes[Number(layer)]) &&
      whole(to ?? "", sizes[Number(layer) + 1])
    );
  };
  const cuts = [...new Set(all.filter(isThere))];
  const isWhole = units.length === names.length && cuts.length === all.length;
  return { units, cuts, isWhole };
}
