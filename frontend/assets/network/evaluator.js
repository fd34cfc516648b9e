// What a toy network says about many points under any mask: the same as pruning/toy/evaluation.py,
// but that units and single connections go and come back in any order.
//
// Activations are kept unit by unit, each with its value at every point. The first layer's never
// change; the second layer's pre-activations are brought up to date by what the units that went or
// came gave to them; the last hidden layer, a linear one, is folded into the output layer. Logits
// are told relative to that of class 0, which neither classes nor probabilities notice: one row
// less, half the work of two classes.
//
// It imports nothing: the worker runs this file by itself.

// After so many changes of a unit, what rounding has left of them is swept out.
const MOST_UPDATES = 2000;
const ABREAST = 4; // units at a time: the sums are read and written once for all of them

// A network, as its frame tells it: `weights` of the linear layers from the input on, a row for
// each output, and `biases`.
export function networkOf(weights, biases, inputs) {
  const widths = biases.slice(0, -1).map((bias) => bias.length);
  return {
    weights,
    biases,
    widths,
    sizes: [inputs, ...biases.map((bias) => bias.length)],
    units: widths.reduce((sum, width) => sum + width, 0),
    starts: widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0)),
    classes: biases.at(-1).length,
  };
}

// Whether ReLU follows the hidden layer of this index.
export const isRectified = ({ widths }, layer) => layer < widths.length - 1 || widths.length === 1;

// The index of the last hidden layer that ReLU follows.
const lastRectified = ({ widths }) => Math.max(0, widths.length - 2);

// sums[p] += Σ factors[k] * rows[k][p], behind ReLU or not.
function addRows(sums, rows, factors, isBehindRelu) {
  for (let k = 0; k < rows.length; k += ABREAST) {
    const some = rows.slice(k, k + ABREAST);
    const by = factors.slice(k, k + ABREAST);
    while (some.length < ABREAST) {
      some.push(some[0]);
      by.push(0);
    }
    if (isBehindRelu) addRectified(sums, some, by);
    else addFour(sums, some, by);
  }
}

function addFour(sums, [a, b, c, d], [fa, fb, fc, fd]) {
  for (let p = 0; p < sums.length; p += 1) sums[p] += fa * a[p] + fb * b[p] + fc * c[p] + fd * d[p];
}

// Half of a number and its size is the number behind ReLU. Asking for its sign would send the
// processor the wrong way at every other point: it took six times as long.
function addRectified(sums, [a, b, c, d], factors) {
  const [fa, fb, fc, fd] = factors.map((factor) => factor / 2);
  for (let p = 0; p < sums.length; p += 1) {
    sums[p] +=
      fa * (a[p] + Math.abs(a[p])) +
      fb * (b[p] + Math.abs(b[p])) +
      fc * (c[p] + Math.abs(c[p])) +
      fd * (d[p] + Math.abs(d[p]));
  }
}

const filled = (length, value) => new Float32Array(length).fill(value);

// The outputs of a layer, row by row: biases and what the rows below give. Units that are gone have
// no row, and nothing goes out from them.
function layerRows({ weight, bias }, below, points, isKept = () => true, isBehindRelu = false) {
  const there = [...below.keys()].filter((i) => below[i]);
  const rows = there.map((i) => below[i]);
  return Array.from(bias, (value, j) => {
    if (!isKept(j)) return null;
    const sums = filled(points, value);
    const factors = there.map((i) => weight[j * below.length + i]);
    addRows(sums, rows, factors, isBehindRelu);
    return sums;
  });
}

function rectify(row) {
  for (let p = 0; p < row.length; p += 1) row[p] = (row[p] + Math.abs(row[p])) / 2;
  return row;
}

// A network and the points that it is asked about: `x` has a row for each of its inputs.
export class Evaluator {
  constructor(network, x) {
    this.network = network;
    this.x = x;
    this.points = x[0].length;
    this.first = layerRows(this.layer(0), x, this.points).map(rectify);
  }

  // A linear layer's weights and biases, its own weights unless others are given.
  layer(index, weights = this.network.weights) {
    return { weight: weights[index], bias: this.network.biases[index] };
  }

  // What a unit of the first hidden layer gives where connections from the input are cut.
  firstRow(weight, unit) {
    const { x, network } = this;
    const sums = filled(this.points, network.biases[0][unit]);
    const factors = x.map((_, i) => weight[unit * x.length + i]);
    addRows(sums, x, factors, false);
    return rectify(sums);
  }

  // The pre-activations of the second layer, nothing removed; made when first asked for.
  get second() {
    this.known ||= layerRows(this.layer(1), this.first, this.points);
    return this.known;
  }
}

// The name of a connection: the layer that it leads into (the first hidden one is 0), from, to.
export const connection = (layer, from, to) => `${layer}.${from}.${to}`;

// One network under a mask that changes.
export class Masked {
  constructor(evaluator) {
    this.evaluator = evaluator;
    const { network } = evaluator;
    this.removed = new Uint8Array(network.units);
    this.cuts = new Set();
    this.weights = [...network.weights]; // with connections cut; the network's own where none is
    this.rows = [...evaluator.first]; // of the first layer
    this.second = null; // kept only where it is neither the last hidden layer nor the first
    this.updates = 0;
  }

  get isDeep() {
    return this.evaluator.network.widths.length > 2;
  }

  // Remove these units (1 for each that goes), and these connections; all others come back.
  set(removed, cuts = []) {
    const touched = this.touchedBy(removed, cuts);
    const isLarge = touched.size > this.evaluator.network.widths[0] / 2;
    const anew = this.isDeep && (!this.second || isLarge || this.updates > MOST_UPDATES);
    if (this.isDeep && !anew) this.give(touched, -1);
    this.removed = Uint8Array.from(removed);
    this.cut(cuts);
    if (anew) this.build();
    else if (this.isDeep) this.give(touched, 1);
  }

  // The units of the first layer whose gift to the second changes.
  touchedBy(removed, cuts) {
    const { widths } = this.evaluator.network;
    const touched = new Set();
    for (let i = 0; i < widths[0]; i += 1) if (removed[i] !== this.removed[i]) touched.add(i);
    const wanted = new Set(cuts);
    for (const name of new Set([...cuts, ...this.cuts])) {
      if (wanted.has(name) === this.cuts.has(name)) continue;
      const [layer, from, to] = name.split(".").map(Number);
      if (layer < 2) touched.add(layer ? from : to);
    }
    return touched;
  }

  // Weights and first rows with these connections cut.
  cut(cuts) {
    const { weights } = this.evaluator.network;
    if (!cuts.length && !this.cuts.size) return;
    const before = new Set([...this.cuts].filter((name) => name.startsWith("0.")));
    this.cuts = new Set(cuts);
    const layers = new Set(cuts.map((name) => Number(name.split(".")[0])));
    this.weights = weights.map((weight, i) => (layers.has(i) ? weight.slice() : weight));
    for (const name of cuts) {
      const [layer, from, to] = name.split(".").map(Number);
      this.weights[layer][to * this.evaluator.network.sizes[layer] + from] = 0;
      if (layer === 0) before.add(name);
    }
    for (const unit of new Set([...before].map((name) => Number(name.split(".")[2]))))
      this.rows[unit] = this.evaluator.firstRow(this.weights[0], unit);
  }

  // Bring the second layer up to date with what these units of the first give, or take it back.
  give(touched, sign) {
    const units = [...touched].filter((i) => !this.removed[i]);
    const rows = units.map((i) => this.rows[i]);
    const width = this.evaluator.network.widths[0];
    if (!units.length) return;
    this.second.forEach((sums, j) => {
      const factors = units.map((i) => sign * this.weights[1][j * width + i]);
      addRows(sums, rows, factors, false);
    });
    this.updates += units.length;
  }

  // The second layer from the first, or from the whole network's if less is gone than left.
  build() {
    const { network, points } = this.evaluator;
    const width = network.widths[0];
    const gone = [...Array(width).keys()].filter((i) => this.removed[i]);
    this.updates = 0;
    if (gone.length > width / 2 || this.cuts.size) {
      const kept = this.rows.map((row, i) => (this.removed[i] ? null : row));
      this.second = layerRows(this.evaluator.layer(1, this.weights), kept, points);
      return;
    }
    const rows = gone.map((i) => this.rows[i]);
    this.second = this.evaluator.second.map((row, j) => {
      const sums = row.slice();
      const factors = gone.map((i) => -this.weights[1][j * width + i]);
      addRows(sums, rows, factors, false);
      return sums;
    });
  }

  isKept(layer, unit) {
    return !this.removed[this.evaluator.network.starts[layer] + unit];
  }

  // The rows of the last layer that ReLU follows, those of units that are gone left out; behind
  // ReLU for the first layer, before it for the others.
  features() {
    const { network } = this.evaluator;
    if (this.isDeep && !this.second) this.build();
    let rows = this.rows.map((row, i) => (this.isKept(0, i) ? row : null));
    for (let layer = 1; layer <= lastRectified(network); layer += 1) {
      const isKept = (j) => this.isKept(layer, j);
      const own = this.evaluator.layer(layer, this.weights);
      rows =
        layer === 1
          ? this.second.map((row, j) => (isKept(j) ? row : null))
          : layerRows(own, rows, this.evaluator.points, isKept, true);
    }
    return rows;
  }

  // The linear map from these features to the logits relative to class 0: a row for each other
  // class, and its bias.
  head() {
    const { widths, biases, classes } = this.evaluator.network;
    const last = widths.length - 1;
    const own = this.weights.at(-1);
    const relative = (c) =>
      Float64Array.from({ length: widths[last] }, (_, k) => own[c * widths[last] + k] - own[k]);
    const rows = Array.from({ length: classes - 1 }, (_, c) => ({
      bias: biases.at(-1)[c + 1] - biases.at(-1)[0],
      weights: relative(c + 1),
    }));
    return last ? rows.map((row) => this.folded(row)) : rows;
  }

  // A linear map from the last hidden layer, as one from the layer before.
  folded({ bias, weights }) {
    const { widths, biases } = this.evaluator.network;
    const last = widths.length - 1;
    const below = widths[last - 1];
    const inner = this.weights[last];
    const sums = new Float64Array(below);
    let whole = bias;
    weights.forEach((factor, k) => {
      if (!this.isKept(last, k)) return;
      whole += factor * biases[last][k];
      for (let j = 0; j < below; j += 1) sums[j] += factor * inner[k * below + j];
    });
    return { bias: whole, weights: sums };
  }

  // The logits relative to class 0, a row for each other class.
  logits() {
    const { network, points } = this.evaluator;
    const features = this.features();
    const kept = [...features.keys()].filter((j) => features[j]);
    const rows = kept.map((j) => features[j]);
    const isBehindRelu = lastRectified(network) > 0;
    return this.head().map(({ bias, weights }) => {
      const sums = filled(points, bias);
      addRows(
        sums,
        rows,
        kept.map((j) => weights[j]),
        isBehindRelu,
      );
      return sums;
    });
  }
}

// The network without the units that are gone.
export function slimmed({ weights, biases, sizes }, removed) {
  const starts = sizes.map((_, i) => sizes.slice(1, i).reduce((sum, size) => sum + size, 0));
  const kept = sizes.map((size, layer) => {
    const isHidden = layer > 0 && layer < sizes.length - 1;
    return [...Array(size).keys()].filter((i) => !isHidden || !removed[starts[layer] + i]);
  });
  const own = weights.map((weight, layer) =>
    Float32Array.from(
      kept[layer + 1].flatMap((to) => kept[layer].map((from) => weight[to * sizes[layer] + from])),
    ),
  );
  const bias = biases.map((all, layer) => Float32Array.from(kept[layer + 1], (i) => all[i]));
  return networkOf(own, bias, sizes[0]);
}

// What every unit hands on at each point, layer by layer, also those that are gone, which nobody
// hears.
export function unitOutputs(masked) {
  const { evaluator } = masked;
  const { network, points } = evaluator;
  const outputs = [];
  let rows = masked.rows;
  network.widths.forEach((_, layer) => {
    if (layer) {
      const own = evaluator.layer(layer, masked.weights);
      rows = layerRows(own, rows, points);
      if (isRectified(network, layer)) rows.forEach(rectify);
    }
    outputs.push(...rows);
    rows = rows.map((row, i) => (masked.isKept(layer, i) ? row : null));
  });
  return outputs;
}
