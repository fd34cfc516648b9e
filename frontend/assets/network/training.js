// Training what is left of a network, as pruning/toy/training.py trains the whole: stochastic
// gradient descent with momentum on minibatches, dropout behind the first layer, a learning rate that
// falls to zero along half a cosine. It imports nothing: the worker runs this file by itself.

const BATCH = 32;
const MOMENTUM = 0.9;
const DROPOUT = 0.5;
const RATE = 0.05; // of a network that is 100 units wide

// Wider networks take smaller steps.
export const rateOf = (widths) => RATE * (100 / Math.max(...widths)) ** 0.25;

// Numbers from 0 to 1 that follow from a seed (mulberry32, by Tommy Ettinger).
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

// Fresh weights, drawn as torch draws those of a linear layer.
export function initialised({ weights, biases, sizes }, random) {
  const draw = (values, layer) => {
    const bound = 1 / Math.sqrt(sizes[layer]);
    return values.map(() => bound * (2 * random() - 1));
  };
  return { weights: weights.map(draw), biases: biases.map(draw) };
}

// A network in training, with a mask that its weights keep: 1 for what stays. Weights lie here in
// columns, one for each input: so an input that is zero, as most are behind ReLU and dropout, costs
// nothing.
export class Training {
  constructor(network, kept, { x, labels }, { steps, random, dropout = DROPOUT }) {
    const { sizes } = network;
    this.sizes = sizes;
    this.kept = kept.weights.map((own, layer) => turned(own, sizes[layer + 1], sizes[layer]));
    this.weights = network.weights.map((own, layer) =>
      turned(own, sizes[layer + 1], sizes[layer]).map((value, k) => value * this.kept[layer][k]),
    );
    this.biases = network.biases.map((bias, i) =>
      bias.map((value, j) => value * kept.biases[i][j]),
    );
    this.momenta = [this.weights, this.biases].map((all) =>
      all.map((values) => new Float32Array(values.length)),
    );
    Object.assign(this, { x, labels, steps, random, dropout });
    this.rate = rateOf(sizes.slice(1, -1));
    this.done = 0;
  }

  // As it stands: a row of weights for each output.
  network() {
    const { sizes } = this;
    const weights = this.weights.map((own, layer) => turned(own, sizes[layer], sizes[layer + 1]));
    return { weights, biases: this.biases.map((bias) => bias.slice()) };
  }

  step(rows = this.draw()) {
    const values = this.forward(rows);
    this.descend(this.backward(values, rows));
    this.done += 1;
  }

  draw() {
    return Array.from({ length: BATCH }, () => Math.floor(this.random() * this.labels.length));
  }

  isRectified(layer) {
    const hidden = this.sizes.length - 2;
    return layer < hidden - 1 || (hidden === 1 && layer === 0);
  }

  // What each layer is given, a row of values for each point of the batch.
  forward(rows) {
    const inputs = [rows.flatMap((row) => this.x.map((axis) => axis[row]))];
    this.weights.forEach((weight, layer) => {
      const outputs = product(inputs[layer], weight, this.biases[layer], this.sizes[layer]);
      if (this.isRectified(layer)) rectify(outputs);
      if (layer === 0 && this.dropout) this.drop(outputs);
      inputs.push(outputs);
    });
    return inputs;
  }

  drop(outputs) {
    const scale = 1 / (1 - this.dropout);
    for (let i = 0; i < outputs.length; i += 1)
      outputs[i] *= this.random() < this.dropout ? 0 : scale;
  }

  // The gradients of the mean cross-entropy.
  backward(values, rows) {
    const gradients = [];
    let upper = errors(
      values.at(-1),
      rows.map((row) => this.labels[row]),
    );
    for (let layer = this.weights.length - 1; layer >= 0; layer -= 1) {
      const below = values[layer];
      gradients[layer] = layerGradients(upper, below, this.sizes[layer], this.sizes[layer + 1]);
      if (!layer) break;
      upper = this.handDown(upper, below, layer);
    }
    return gradients;
  }

  // Back to what a layer was given, through dropout and ReLU.
  handDown(upper, below, layer) {
    const [width, units] = [this.sizes[layer], this.sizes[layer + 1]];
    const isDropped = layer === 1 && this.dropout > 0;
    const isOften = this.isRectified(layer - 1) || isDropped;
    const lower = handedDown(upper, this.weights[layer], below, { width, units, isOften });
    if (isDropped) for (let i = 0; i < lower.length; i += 1) lower[i] /= 1 - this.dropout;
    return lower;
  }

  descend(gradients) {
    const rate = (this.rate * (1 + Math.cos((Math.PI * this.done) / this.steps))) / 2;
    gradients.forEach(({ weight, bias }, layer) => {
      const [heavy, light] = this.momenta;
      move(this.weights[layer], weight, heavy[layer], rate, this.kept[layer]);
      move(this.biases[layer], bias, light[layer], rate);
    });
  }
}

function move(values, gradient, momentum, rate, kept) {
  for (let i = 0; i < values.length; i += 1) {
    momentum[i] = MOMENTUM * momentum[i] + gradient[i];
    values[i] -= rate * momentum[i] * (kept ? kept[i] : 1);
  }
}

function rectify(values) {
  for (let i = 0; i < values.length; i += 1) if (values[i] < 0) values[i] = 0;
}

// A matrix of so many rows and columns, its columns as rows.
function turned(values, rows, columns) {
  const found = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1)
    for (let k = 0; k < columns; k += 1) found[k * rows + row] = values[row * columns + k];
  return found;
}

function product(rows, weight, bias, width) {
  const [points, units] = [rows.length / width, bias.length];
  const outputs = new Float32Array(points * units);
  for (let p = 0; p < points; p += 1) {
    outputs.set(bias, p * units);
    for (let i = 0; i < width; i += 1) {
      const value = rows[p * width + i];
      if (!value) continue;
      for (let j = 0; j < units; j += 1) outputs[p * units + j] += value * weight[i * units + j];
    }
  }
  return outputs;
}

// Probabilities less what they should be, shared out over the batch.
function errors(logits, labels) {
  const classes = logits.length / labels.length;
  const found = new Float32Array(logits.length);
  labels.forEach((label, p) => {
    const own = logits.subarray(p * classes, (p + 1) * classes);
    const most = Math.max(...own);
    const raised = Array.from(own, (logit) => Math.exp(logit - most));
    const sum = raised.reduce((all, each) => all + each, 0);
    raised.forEach((each, c) => {
      found[p * classes + c] = (each / sum - (c === label ? 1 : 0)) / labels.length;
    });
  });
  return found;
}

function layerGradients(upper, below, width, units) {
  const weight = new Float32Array(width * units);
  const bias = new Float32Array(units);
  for (let p = 0; p < upper.length / units; p += 1) {
    for (let j = 0; j < units; j += 1) bias[j] += upper[p * units + j];
    for (let i = 0; i < width; i += 1) {
      const value = below[p * width + i];
      if (!value) continue;
      for (let j = 0; j < units; j += 1) weight[i * units + j] += value * upper[p * units + j];
    }
  }
  return { weight, bias };
}

// What comes back to the inputs of a layer; to one that was zero behind ReLU or dropout, nothing.
function handedDown(upper, weight, below, { width, units, isOften }) {
  const lower = new Float32Array(below.length);
  for (let p = 0; p < upper.length / units; p += 1)
    for (let i = 0; i < width; i += 1) {
      if (isOften && !below[p * width + i]) continue;
      let sum = 0;
      for (let j = 0; j < units; j += 1) sum += upper[p * units + j] * weight[i * units + j];
      lower[p * width + i] = sum;
    }
  return lower;
}

// What stays under a mask of units and connections: weights between units that are there, and the
// biases of these.
export function keptBy({ sizes }, removed, cuts) {
  const starts = sizes.map((_, i) => sizes.slice(1, i).reduce((sum, size) => sum + size, 0));
  const isThere = (layer, unit) =>
    layer === 0 || layer === sizes.length - 1 || !removed[starts[layer] + unit];
  const weights = sizes.slice(1).map((units, layer) =>
    Float32Array.from({ length: units * sizes[layer] }, (_, i) => {
      const [from, to] = [i % sizes[layer], Math.floor(i / sizes[layer])];
      return isThere(layer, from) && isThere(layer + 1, to) ? 1 : 0;
    }),
  );
  const biases = sizes
    .slice(1)
    .map((units, layer) =>
      Float32Array.from({ length: units }, (_, j) => (isThere(layer + 1, j) ? 1 : 0)),
    );
  for (const name of cuts) {
    const [layer, from, to] = name.split(".").map(Number);
    weights[layer][to * sizes[layer] + from] = 0;
  }
  return { weights, biases };
}
