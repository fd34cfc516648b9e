// What is drawn of results: a stage is a result with its figures, a place of the slider and what is
// chosen. Everything in the page says by `data-stage` on it, or around it, what stage it shows.

import { Fold } from "#results/fold.js";

export const stages = new Map(); // by name

export const startOf = (page) => page.places[page.positions.indexOf(page.start)];

// `page` is what frontend/staging.py has written of the stage.
export function addStage(name, page) {
  const stage = {
    name,
    page,
    fold: new Fold(page.result),
    at: startOf(page),
    choices: { ...page.choices },
    hand: { units: [], cuts: [], past: [], future: [], revision: 0 }, // what is removed by hand
    unit: null, // of the network, that is looked at
    live: null, // the network, where the page evaluates it itself
    wished: {}, // what is to be chosen once it can be
    voices: page.voices,
    get run() {
      return this.voices[0]?.run;
    },
  };
  stages.set(name, stage);
  return stage;
}

export const stageOf = (node) => stages.get(node.closest("[data-stage]")?.dataset.stage);

// All nodes that show something of a stage that is there.
export const allShown = (selector) => [...document.querySelectorAll(selector)].filter(stageOf);

export const allOn = (stage, selector) =>
  allShown(selector).filter((node) => stageOf(node) === stage);

// The run that the page is about, if it is about one.
export const currentRun = () => stages.get("run")?.run;

// What hears that somebody moved a slider or chose something.
const listeners = [];

export const whenMoved = (listener) => listeners.push(listener);

export function moved() {
  for (const listener of listeners) listener();
}

export const STATUS_TITLES = {
  queued: "Waiting",
  running: "Running",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

const FINAL = ["done", "failed", "cancelled"];

export const isOver = (run) => FINAL.includes(run.status);

// Whether nothing more will come.
export const isAllOver = () =>
  [...stages.values()].every(({ voices }) => voices.every(({ run }) => isOver(run)));
