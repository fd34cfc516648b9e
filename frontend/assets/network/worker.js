// A worker that evaluates one network: it is told where its modules are, then the network and the
// points, then masks. It imports by address, since import maps are not for workers.

const INPUTS = 2; // the plane
const MAP_SIDE = 24; // points along each side of the picture of a unit
const MOMENTS = 12; // of a training that are shown
const CURVE_STEPS = 20; // masks of a curve in a row, before others get their turn

let sets = null; // points with their classes
let modules = null;
let all = null; // the points: the grid's, then those of each set
let whole = null; // the network at all points,
let known = null; // at those whose classes are known,
let coarse = null; // and at a few all over the plane
let parts = {}; // where among all points each set begins, and its labels
let loaded = null; // the promise of these
const masks = new Map(); // by the names of panels

const tasks = {
  async load({ addresses, network, grid, ...rest }) {
    sets = rest.sets;
    const imported = await Promise.all(addresses.map((address) => import(address)));
    modules = Object.assign({}, ...imported);
    const told = modules.networkOf(network.weights, network.biases, INPUTS);
    all = joined([gridOf(grid), ...Object.values(sets)]);
    whole = new modules.Evaluator(told, all);
    known = new modules.Evaluator(told, joined([sets.train, sets.test]));
    coarse = new modules.Evaluator(
      told,
      joined([gridOf({ x: spread(grid.x), y: spread(grid.y) })]),
    );
    parts = placesOf(sets, grid.x.length * grid.y.length);
    masks.clear();
    return {};
  },
  masks({ id, panels }) {
    const answers = Object.entries(panels).map(([name, mask]) => [name, answerOf(name, mask)]);
    return { id, answers: Object.fromEntries(answers) };
  },
  // The accuracies as units go one after the other.
  async curve({ id, units, cuts }) {
    const masked = new modules.Masked(known);
    const removed = new Uint8Array(known.network.units);
    const points = [];
    for (let i = 0; i <= units.length; i += 1) {
      if (i) removed[units[i - 1]] = 1;
      masked.set(removed, i === units.length ? cuts : []);
      const logits = masked.logits();
      const { train, test } = parts;
      points.push({
        train: modules.measure(logits, 0, train.labels).accuracy,
        test: modules.measure(logits, train.labels.length, test.labels).accuracy,
      });
      if (i % CURVE_STEPS === CURVE_STEPS - 1) await new Promise((done) => setTimeout(done));
    }
    return { id, points };
  },
  // Train what a mask leaves, from several beginnings by turns; each says now and then how far it is.
  async train({ id, mask, beginnings, steps, seed }) {
    const { network } = whole;
    const kept = modules.keptBy(network, mask.removed, mask.cuts);
    const trainings = Object.entries(beginnings).map(([name, told], i) => {
      const random = modules.generator(seed + i);
      const start = told ?? modules.initialised(network, random);
      const { x, y, labels } = sets.train;
      const points = { x: [x, y], labels };
      return [
        name,
        new modules.Training({ ...network, ...start }, kept, points, { steps, random }),
      ];
    });
    for (let moment = 0; moment <= MOMENTS; moment += 1) {
      for (const [name, training] of trainings) {
        while (training.done < Math.round((steps * moment) / MOMENTS)) training.step();
        const { weights, biases } = training.network();
        const now = { ...network, weights, biases };
        const left = new modules.Masked(
          new modules.Evaluator(modules.slimmed(now, mask.removed), all),
        );
        const answer = answerFrom(left.logits());
        self.postMessage({ task: "moment", name, done: training.done, steps, answer });
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
    return { id };
  },
  // What each unit hands on over the plane, under a mask.
  maps({ id, mask }) {
    const masked = new modules.Masked(coarse);
    masked.set(mask.removed, mask.cuts);
    return { id, side: MAP_SIDE, maps: modules.unitOutputs(masked) };
  },
};

function answerOf(name, { removed, cuts }) {
  if (!masks.has(name)) masks.set(name, new modules.Masked(whole));
  const masked = masks.get(name);
  masked.set(removed, cuts);
  return answerFrom(masked.logits());
}

// What a panel shows and says of these logits.
function answerFrom(logits) {
  const { grid, train, reference, test } = parts;
  const near = modules.decide(logits, reference.start, reference.end);
  return {
    ...modules.decide(logits, 0, grid.end),
    reference_class: near.classes,
    reference_confidence: near.confidence,
    train: modules.measure(logits, train.start, train.labels),
    test: modules.measure(logits, test.start, test.labels),
  };
}

// All points of a grid, row by row, a row being one y.
function gridOf({ x, y }) {
  const points = { x: new Float32Array(x.length * y.length) };
  points.y = new Float32Array(points.x.length);
  for (let p = 0; p < points.x.length; p += 1) {
    points.x[p] = x[p % x.length];
    points.y[p] = y[Math.floor(p / x.length)];
  }
  return points;
}

const spread = (axis) =>
  Float32Array.from({ length: MAP_SIDE }, (_, i) => {
    const share = (i + 0.5) / MAP_SIDE;
    return axis[0] + share * (axis.at(-1) - axis[0]);
  });

function joined(some) {
  return ["x", "y"].map((axis) => {
    const found = new Float32Array(some.reduce((sum, set) => sum + set.x.length, 0));
    let start = 0;
    for (const set of some) {
      found.set(set[axis], start);
      start += set.x.length;
    }
    return found;
  });
}

function placesOf(some, gridPoints) {
  const places = { grid: { start: 0, end: gridPoints } };
  let start = gridPoints;
  for (const [name, { x, labels }] of Object.entries(some)) {
    places[name] = { start, end: start + x.length, labels };
    start += x.length;
  }
  return places;
}

self.addEventListener("message", async ({ data: { task, ...asked } }) => {
  try {
    if (task !== "load") await loaded;
    const answer = tasks[task](asked);
    if (task === "load") loaded = answer;
    self.postMessage({ task, ...(await answer) });
  } catch (error) {
    reportError(error); // or else the page would not hear of it
  }
});
