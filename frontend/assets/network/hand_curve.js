// The accuracies as units went one after the other, as a curve of the page's own: of what is removed
// by hand, and of masks that are kept. Nothing is kept of it.

import { repaint } from "#figures/draw.js";
import { isEmpty } from "#network/hand.js";
import { unitsOf } from "#network/told.js";

const SCENARIOS = ["train", "test"];

// `isStill` says whether it is wanted still when it has come.
export async function drawCurve(stage, panel, { units, cuts }, isStill = () => true) {
  const { live, fold } = stage;
  if (!live) return;
  const points = isEmpty({ units, cuts }) ? [] : (await live.ask("curve", { units, cuts })).points;
  if (!isStill()) return;
  const series = `accuracy/${panel}`;
  fold.result.series[series] = {
    x: SCENARIOS.flatMap(() => points.map((_, i) => i / unitsOf(stage))),
    y: SCENARIOS.flatMap((name) => points.map((point) => point[name])),
    labels: { scenario: SCENARIOS.flatMap((name) => points.map(() => name)) },
  };
  fold.touch(series);
  repaint();
}
