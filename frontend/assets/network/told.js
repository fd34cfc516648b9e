// What a run has told of its network: weights, points, and how criteria rank its units.

import { frameAt } from "#results/bindings.js";
import { decode } from "#results/fold.js";

const SETS = ["train", "reference", "test"];

const onlyFrame = (stage, name) => stage.fold.result.frames[name]?.[0]?.arrays;

const valuesOf = (stage, name, array) => decode(onlyFrame(stage, name)[array]).values;

// Whether there is all that evaluating it takes.
export const isTold = (stage) =>
  Boolean(stage.page.network) &&
  ["network", "initial", "grid", ...SETS.map((name) => `points/${name}`)].every((n) =>
    onlyFrame(stage, n),
  );

export const gridOf = (stage) => ({
  x: valuesOf(stage, "grid", "x"),
  y: valuesOf(stage, "grid", "y"),
});

// The weights of all linear layers from the input on, a row for each output, and their biases: of the
// network as it is trained, or as it was before, `initial`.
export function weightsOf(stage, frame = "network") {
  const layers = stage.page.network.hidden.length + 1;
  const all = (kind) =>
    Array.from({ length: layers }, (_, i) =>
      Float32Array.from(valuesOf(stage, frame, `${kind}_${i}`)),
    );
  return { weights: all("weight"), biases: all("bias") };
}

export function setsOf(stage) {
  const points = (name) => ({
    x: valuesOf(stage, `points/${name}`, "x"),
    y: valuesOf(stage, `points/${name}`, "y"),
    labels: valuesOf(stage, `points/${name}`, "class"),
  });
  return Object.fromEntries(SETS.map((name) => [name, points(name)]));
}

// The criteria that have ranked the units by now.
export const rankings = (stage) =>
  stage.page.network.rankings.filter(({ name }) => onlyFrame(stage, `scores/${name}`));

// The ranks of all units under a criterion: 0 goes first.
export const ranksOf = (stage, name) => valuesOf(stage, `scores/${name}`, "rank");

export const scoresOf = (stage, name) => valuesOf(stage, `scores/${name}`, "score");

export const unitsOf = ({ page }) => page.network.hidden.reduce((sum, width) => sum + width, 0);

// How many units are gone at the slider's place.
export const removedAt = (stage) => Math.max(0, Math.round(stage.at * unitsOf(stage)));

// The mask of a criterion there, as the worker takes it: 1 for each unit that is gone.
export function rankedMask(stage, name) {
  const gone = removedAt(stage);
  return {
    removed: Uint8Array.from(ranksOf(stage, name), (rank) => (rank < gone ? 1 : 0)),
    cuts: [],
  };
}

const storedAnswers = new WeakMap(); // by frame

// What is stored of a panel at the slider's place, as the worker would answer; null without such.
export function storedBoundary(stage, panel) {
  const frame = frameAt(stage.fold.result, `boundary/${panel}`, stage.at);
  if (!frame) return null;
  if (!storedAnswers.has(frame)) {
    const { class: classes, confidence } = frame.arrays;
    const values = [classes, confidence].map((array) => decode(array).values);
    storedAnswers.set(frame, { classes: values[0], confidence: values[1], stored: frame });
  }
  return storedAnswers.get(frame);
}

// Whether the slider is where the network still learns.
export const isLearning = ({ at }) => at < 0;
