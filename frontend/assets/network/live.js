// A network that the page evaluates itself, in a worker: it follows the slider, unit by unit, and
// what people remove by hand.

import { maskOf } from "#network/hand.js";
import { gridOf, rankedMask, rankings, removedAt, setsOf, weightsOf } from "#network/told.js";

const addresses = [
  import.meta.resolve("#network/evaluator.js"),
  import.meta.resolve("#network/decisions.js"),
  import.meta.resolve("#network/training.js"),
];

// A worker that has been told the network of a stage.
export function workerFor(stage) {
  const worker = new Worker(import.meta.resolve("#network/worker.js"), { type: "module" });
  const told = { network: weightsOf(stage), grid: gridOf(stage), sets: setsOf(stage) };
  worker.postMessage({ task: "load", addresses, ...told });
  return worker;
}

export const Live = class {
  // `answered` is called with how long it took when panels have come to another mask; `failed` with
  // why they never will.
  constructor(stage, { answered, failed }) {
    this.stage = stage;
    this.answered = answered;
    this.grid = gridOf(stage);
    this.answers = {}; // by panel
    this.asked = {}; // by panel: what was last asked of it
    this.at = null; // the place of what is answered
    this.settled = {}; // the frames that figures show
    this.waiting = new Map(); // who waits for the answer to another question
    this.questions = 0;
    this.network = weightsOf(stage);
    this.worker = workerFor(stage);
    this.worker.onmessage = ({ data }) => this.hear(data);
    this.worker.onerror = ({ message }) => failed(message);
    this.isBusy = true;
    this.isStill = false; // whether figures show what is wanted
  }

  close() {
    this.worker.terminate();
  }

  // Ask for what is wanted and was not asked yet: one question at a time, then the newest.
  follow() {
    if (this.isBusy) return;
    const wanted = Object.entries(wantedMasks(this.stage));
    const changed = wanted.filter(([name, { key }]) => this.asked[name] !== key);
    if (!changed.length) return;
    for (const [name, { key }] of changed) this.asked[name] = key;
    this.isBusy = true;
    this.isStill = false;
    this.askedFor = this.stage.at;
    this.startedAt = performance.now();
    const panels = changed.map(([name, { removed, cuts }]) => [name, { removed, cuts }]);
    this.worker.postMessage({ task: "masks", panels: Object.fromEntries(panels) });
  }

  hear({ task, id, answers, ...answer }) {
    if (id) {
      this.waiting.get(id)(answer);
      this.waiting.delete(id);
      return;
    }
    this.isBusy = false;
    if (task === "masks") {
      Object.assign(this.answers, answers);
      this.at = this.askedFor;
    }
    this.follow();
    if (task === "masks") this.answered(performance.now() - this.startedAt);
  }

  // Another question to the worker.
  ask(task, asked) {
    this.questions += 1;
    const id = this.questions;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.worker.postMessage({ task, id, ...asked });
    });
  }

  // From now on figures show what is answered, or what is stored of the same place.
  settle() {
    const { frames } = this.stage.fold.result;
    const shape = [this.grid.y.length, this.grid.x.length];
    const shown = Object.entries(this.answers).map(([panel, answer]) => {
      const name = `boundary/${panel}`;
      const stored = frames[name]?.find(({ at }) => at === this.at);
      return [name, stored ?? frameOf(this.at, answer, shape)];
    });
    this.settled = Object.fromEntries(shown);
    this.isStill = !this.isBusy;
  }

  // What figures show of a frame; nothing of what is not evaluated here.
  frame(name) {
    return this.settled[name];
  }

  // What a series such as `accuracy/lrp` comes to here, for the set that labels name.
  value(series, { scenario }) {
    const [measure, name] = series.split("/");
    return this.answers[name]?.[scenario]?.[measure];
  }
};

function frameOf(at, answer, shape) {
  const flat = (values) => ({ values, shape: [values.length] });
  const arrays = {
    class: { values: answer.classes, shape },
    confidence: { values: answer.confidence, shape },
    reference_class: flat(answer.reference_class),
    reference_confidence: flat(answer.reference_confidence),
  };
  return { at, arrays };
}

// What each panel is to show: the units that are gone, and what tells it from other masks.
function wantedMasks(stage) {
  const gone = removedAt(stage);
  const masks = rankings(stage).map(({ name }) => [
    name,
    { key: gone, ...rankedMask(stage, name) },
  ]);
  const hand = { key: stage.hand.revision, ...maskOf(stage) };
  return { ...Object.fromEntries(masks), hand };
}
