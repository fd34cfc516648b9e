// What a figure leaves out where there is little room: the titles of its axes first, then their
// numbers, so that what it shows has the room.

const TITLED = { width: 230, height: 190 }; // the least for titles of axes, in pixels,
const NUMBERED = { width: 90, height: 50 }; // and between the axes for their numbers
const NUMBERED_WITHIN = 200; // where the numbers stand in the picture itself
const PER_NUMBER = { width: 48, height: 24 };
const FEWEST_NUMBERS = 2;
const TITLE = 18; // what a title takes of the margins,
const NUMBERS = 24; // and what is left below for numbers at least
const BARE = 6; // the margins without numbers
const WHOLE = 220; // the points on smaller pictures are smaller, too,
const SMALLEST = 0.5; // but no smaller than this,
const STEP = 0.125; // and change by this: each change is drawn anew

// What the layout is to be in a room of this size, {PATH: VALUE}, where else `wanted` is asked.
export function fit({ width, height }, layout, wanted) {
  if (!width || !height || !layout.margin) return {};
  const original = { x: axisOf(layout, "xaxis", wanted), y: axisOf(layout, "yaxis", wanted) };
  const isTitled = width >= TITLED.width && height >= TITLED.height;
  const margin = untitled(layout.margin, original, isTitled);
  const inner = { width: width - margin.l - margin.r, height: height - margin.t - margin.b };
  const isEdgeToEdge = !margin.l && !margin.b;
  const isNumbered = isEdgeToEdge
    ? Math.min(width, height) >= NUMBERED_WITHIN
    : inner.width >= NUMBERED.width && inner.height >= NUMBERED.height;
  const isBare = !isNumbered && !isEdgeToEdge;
  const fitted = isBare ? { l: BARE, r: BARE, t: BARE, b: BARE } : margin;
  return {
    ...Object.fromEntries(["l", "r", "t", "b"].map((side) => [`margin.${side}`, fitted[side]])),
    ...axis("xaxis", original.x, { isTitled, isNumbered, most: inner.width / PER_NUMBER.width }),
    ...axis("yaxis", original.y, { isTitled, isNumbered, most: inner.height / PER_NUMBER.height }),
  };
}

function axisOf(layout, name, wanted) {
  const { title, nticks } = layout[name] || {};
  return {
    title: wanted[`${name}.title.text`] ?? title?.text,
    nticks: wanted[`${name}.nticks`] ?? nticks,
  };
}

// The margins without the room for titles that are not there. Names beside an axis need not
// leave any.
const untitled = (margin, { x, y }, isTitled) => ({
  ...margin,
  l: y.title && !isTitled ? margin.l - TITLE : margin.l,
  b: x.title && isTitled ? margin.b : Math.min(margin.b, Math.max(NUMBERS, margin.b - TITLE)),
});

function axis(name, { title, nticks }, { isTitled, isNumbered, most }) {
  const fitted = { [`${name}.showticklabels`]: isNumbered };
  if (title) fitted[`${name}.title.text`] = isTitled ? title : "";
  if (nticks)
    fitted[`${name}.nticks`] = Math.max(FEWEST_NUMBERS, Math.min(nticks, Math.floor(most)));
  return fitted;
}

// How large points are in a room of this size, as a share of how large they are meant.
export function pointScale({ width, height }) {
  const share = Math.min(1, Math.min(width, height) / WHOLE);
  return Math.max(SMALLEST, Math.ceil(share / STEP) * STEP);
}
