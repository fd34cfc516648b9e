// The units of a network as the page speaks of them: counted through all hidden layers from the
// input on, and named by layer and unit, from 1 on.

import { ranksOf, scoresOf } from "#network/told.js";

// {layer, index} of a unit.
export function placeOf(stage, unit) {
  let index = unit;
  const { hidden } = stage.page.network;
  for (let layer = 0; layer < hidden.length; layer += 1) {
    if (index < hidden[layer]) return { layer, index };
    index -= hidden[layer];
  }
  return null;
}

// The number of the first unit of a layer.
export const startOf = (stage, layer) =>
  stage.page.network.hidden.slice(0, layer).reduce((sum, width) => sum + width, 0);

export const shortName = (stage, unit) => {
  const { layer, index } = placeOf(stage, unit);
  return `${layer + 1}·${index + 1}`;
};

export const longName = (stage, unit) => {
  const { layer, index } = placeOf(stage, unit);
  return `Layer ${layer + 1}, unit ${index + 1}`;
};

// What stands at an end of a connection: `layer` 0 is the input, the last one the classes.
export function nodeName(stage, layer, index) {
  const { hidden, inputs, classes } = stage.page.network;
  if (layer === 0) return inputs[index];
  if (layer > hidden.length) return classes[index];
  return `unit ${layer}·${index + 1}`;
}

// What a criterion says of a unit, in words; 1 goes first.
export function rankWords(stage, ranking, unit) {
  const ranks = ranksOf(stage, ranking.name);
  const score = scoresOf(stage, ranking.name)[unit];
  return `${ranking.title}: rank ${ranks[unit] + 1} of ${ranks.length}, score ${scoreText(score)}`;
}

export const scoreText = (score) =>
  score && Math.abs(score) < 0.001 ? score.toExponential(1) : score.toFixed(4);

// The connections of a unit from below and to above, {name, layer, from, to, weight}, the strongest
// first. A connection's layer is the one that it leads into, the first hidden one being 0.
export function connectionsOf(stage, unit) {
  const { layer, index } = placeOf(stage, unit);
  const { weights } = stage.live.network;
  const sizes = sizesOf(stage);
  const into = Array.from({ length: sizes[layer] }, (_, from) =>
    connectionOf(weights, sizes, layer, from, index),
  );
  const out = Array.from({ length: sizes[layer + 2] }, (_, to) =>
    connectionOf(weights, sizes, layer + 1, index, to),
  );
  return [into, out].map((all) => all.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)));
}

export const sizesOf = ({ page: { network } }) => [
  network.inputs.length,
  ...network.hidden,
  network.classes.length,
];

export const connectionOf = (weights, sizes, layer, from, to) => ({
  name: `${layer}.${from}.${to}`,
  layer,
  from,
  to,
  weight: weights[layer][to * sizes[layer] + from],
});

// All connections of a network.
export function allConnections(stage) {
  const sizes = sizesOf(stage);
  const { weights } = stage.live.network;
  return weights.flatMap((_, layer) =>
    Array.from({ length: sizes[layer] * sizes[layer + 1] }, (__, i) =>
      connectionOf(weights, sizes, layer, i % sizes[layer], Math.floor(i / sizes[layer])),
    ),
  );
}
