// Ratios that were measured again and again: their quartiles, and whether they can be told from 1.

import { labelsAt } from "#results/fold.js";
import { FORMATS } from "#results/formats.js";

// As near to 1 as makes no difference, as in pruning/evaluation/latency.py.
const EVEN = 0.01;

export const holdsOne = (q1, q3) => q1 !== null && q3 !== null && q1 <= 1 + EVEN && q3 >= 1 - EVEN;

// Points of a series, [x, y, place], as {x, q1, q3} with the quartiles of x, null where it has none.
export function quartilesOf(series, points) {
  const key = (i, statistic) =>
    JSON.stringify(Object.entries({ ...labelsAt(series, i), statistic }).sort());
  const known = new Map(points.length ? series.x.map((x, i) => [key(i, statisticAt(i)), x]) : []);
  return points.map(([x, , i]) => {
    const [q1, q3] = ["q1", "q3"].map((name) => known.get(key(i, name)) ?? null);
    return { x, q1, q3 };
  });

  function statisticAt(i) {
    return series.labels.statistic?.[i];
  }
}

// Words for beside the pointer, on a line of their own; none where there are no quartiles.
export function spreadText({ x, q1, q3 }) {
  if (q1 === null) return "";
  const [ratio, low, high] = [x, q1, q3].map(FORMATS.times);
  return `<br>${ratio} (${low} to ${high})${holdsOne(q1, q3) ? ": cannot be told from 1" : ""}`;
}
