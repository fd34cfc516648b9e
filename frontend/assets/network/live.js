// A network that the page evaluates itself, in a worker: it follows the slider, unit by unit, and
// what people remove by hand.

import { handOf, maskOf, panelNameOf, shownMasks } from "#network/hand.js";
import {
  gridOf,
  rankedMask,
  rankings,
  removedAt,
  setsOf,
  storedBoundary,
  weightsOf,
} from "#network/told.js";

const UNPRUNED = "unpruned"; // the panel that shows the network as it learns

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

  // Come to where the stage is.
  follow() {
    if (this.isBusy || this.inquire() || this.at === this.stage.at) return;
    this.arrive(this.stage.at, 0);
  }

  // Ask for what is wanted and was not asked yet: one question at a time, then the newest. Whether
  // there was something to ask.
  inquire() {
    const wanted = Object.entries(wantedMasks(this.stage));
    const changed = wanted.filter(([name, { key }]) => this.asked[name] !== key);
    if (!changed.length) return false;
    for (const [name, { key }] of changed) this.asked[name] = key;
    this.isBusy = true;
    this.isStill = false;
    this.askedFor = this.stage.at;
    this.startedAt = performance.now();
    const panels = changed.map(([name, { removed, cuts }]) => [name, { removed, cuts }]);
    this.worker.postMessage({ task: "masks", panels: Object.fromEntries(panels) });
    return true;
  }

  hear({ task, id, answers, ...answer }) {
    if (id) {
      this.waiting.get(id)(answer);
      this.waiting.delete(id);
      return;
    }
    this.isBusy = false;
    const { askedFor, startedAt } = this;
    const milliseconds = performance.now() - startedAt;
    // Before anything is painted, so that the worker goes on meanwhile.
    const asks = this.inquire();
    if (task !== "masks") return;
    Object.assign(this.answers, answers);
    this.arrive(asks ? askedFor : this.stage.at, milliseconds);
  }

  // Panels are at another place, or have another mask there.
  arrive(at, milliseconds) {
    this.at = at;
    this.isStill = false;
    // A page with but some of the panels may not have that.
    const unpruned = storedBoundary({ ...this.stage, at }, UNPRUNED);
    if (unpruned) this.answers[UNPRUNED] = unpruned;
    this.answered(milliseconds);
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
      const stored = answer.stored ?? frames[name]?.find(({ at }) => at === this.at);
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
  const kept = shownMasks(stage).map((mask) => [
    panelNameOf(mask),
    { key: mask.id, ...maskOf(stage, handOf(mask)) },
  ]);
  const hand = { key: stage.hand.revision, ...maskOf(stage) };
  return { ...Object.fromEntries([...masks, ...kept]), hand };
}
