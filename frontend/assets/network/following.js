// The networks of the page, evaluated as soon as runs have told them. What is answered is painted at
// once; figures are brought up to date when nothing has moved for a moment.

import { paintFirst, paintLast, paintTexts, repaint } from "#figures/draw.js";
import { paintBoundaries } from "#network/boundary.js";
import { Live } from "#network/live.js";
import { isLearning, isTold } from "#network/told.js";
import { isOver, stages, whenMoved } from "#results/stages.js";

const STILL_MS = 200;
// Networks that are evaluated at a time, each by a worker with some fifty megabytes; on dashboards
// with more, the others show what is stored.
const MOST = 4;

const lives = new Set();
const listeners = [];

// Calls with each stage whose network has come to another mask.
export const whenEvaluated = (listener) => listeners.push(listener);

function start(stage) {
  let timer = null;
  const answered = (milliseconds) => {
    show(stage, milliseconds);
    clearTimeout(timer);
    timer = setTimeout(() => {
      live.settle();
      repaint();
    }, STILL_MS);
  };
  // Stored frames are shown as before.
  const failed = (message) => {
    stage.isLost = true;
    stage.live = null;
    live.close();
    lives.delete(live);
    console.error(`The network cannot be evaluated in this page: ${message}`);
  };
  const live = new Live(stage, { answered, failed });
  stage.live = live;
  lives.add(live);
}

function show(stage, milliseconds) {
  paintBoundaries(stage);
  paintTexts();
  for (const listener of listeners) listener(stage);
  document.documentElement.dataset.live = "yes";
  const detail = { at: stage.live.at, milliseconds };
  document.dispatchEvent(new CustomEvent("prunelab:evaluated", { detail }));
}

// While a run computes, its worker has the processor to itself; one that is frozen computes nothing.
const isReady = (stage) =>
  stage.voices.every((voice) => voice.is_frozen || isOver(voice.run)) && isTold(stage);

function followAll() {
  const isEarly = [...stages.values()].some((stage) => stage.page.network && isLearning(stage));
  document.documentElement.dataset.learning = isEarly ? "yes" : "no";
  for (const stage of stages.values()) {
    if (!stage.live && !stage.isLost && lives.size < MOST && isReady(stage)) start(stage);
    stage.live?.follow();
  }
}

// The page is left: its networks are done with.
export function stopFollowing() {
  for (const live of lives) live.close();
  lives.clear();
  const said = document.documentElement.dataset;
  delete said.live;
  delete said.learning;
}

// A stage as it is at another place: evaluated there, or with what is stored where it cannot be.
export function evaluatedAt(stage, at) {
  const there = { ...stage, at, live: null };
  if (!stage.page.stops || !isTold(stage)) return there;
  return new Promise((resolve, reject) => {
    const answered = () => {
      live.settle();
      live.close();
      resolve({ ...there, live });
    };
    const live = new Live(there, { answered, failed: (message) => reject(new Error(message)) });
  });
}

paintFirst(followAll);
paintLast(() => [...stages.values()].filter(({ live }) => live).forEach(paintBoundaries));
whenMoved(followAll);
