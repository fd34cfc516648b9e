// Train again what a mask has left: from the weights that the network has, from those that it began
// with, and from fresh ones, beside each other, in a worker of its own.

import { addActions } from "#basics/actions.js";
import { paintLast, paintTexts, repaint } from "#figures/draw.js";
import { paintBoundaries } from "#network/boundary.js";
import { maskOf } from "#network/hand.js";
import { workerFor } from "#network/live.js";
import { rankedMask, rankings, weightsOf } from "#network/told.js";
import { allShown, stageOf } from "#results/stages.js";

const HAND = "hand";
const SEED = 1;

const trainings = new WeakMap(); // stage → {worker, done, steps}

function start(button) {
  const stage = stageOf(button);
  const card = button.closest("[data-again]");
  stop(stage);
  const steps = Number(stage.choices.steps);
  const training = { worker: workerFor(stage), done: 0, steps, title: titleOf(card) };
  trainings.set(stage, training);
  training.worker.onmessage = ({ data }) => hear(stage, training, data);
  training.worker.onerror = ({ message }) => {
    training.failed = message;
    stop(stage);
    paintAll();
  };
  const beginnings = {
    finetuned: stage.live.network,
    rewound: weightsOf(stage, "initial"),
    reinitialised: null,
  };
  const mask = chosenMask(stage);
  training.worker.postMessage({ task: "train", id: 1, mask, beginnings, steps, seed: SEED });
  paintAll();
}

function chosenMask(stage) {
  const { trained } = stage.choices;
  return trained === HAND ? maskOf(stage) : rankedMask(stage, trained);
}

// What is trained, in words, as it was when training began.
function titleOf(card) {
  const [mask] = card.querySelector("[data-chooser=trained]").selectedOptions;
  const place = stageOf(card).page.labels[stageOf(card).page.places.indexOf(stageOf(card).at)];
  return mask.value === HAND ? "the mask made by hand" : `${mask.text}, ${place}`;
}

function hear(stage, training, { task, name, done, answer }) {
  if (trainings.get(stage) !== training) return;
  if (task === "moment") {
    training.done = done;
    stage.live.answers[name] = answer;
    paintBoundaries(stage);
    paintTexts();
  }
  if (task === "train") {
    training.isOver = true;
    training.worker.terminate();
    stage.live.settle();
    repaint();
  }
  paintAll();
}

function stop(stage) {
  const training = trainings.get(stage);
  if (!training) return;
  training.worker.terminate();
  training.isOver = true;
}

function paint(card) {
  const stage = stageOf(card);
  const training = trainings.get(stage);
  const isGoing = training && !training.isOver;
  const isAble = stage.live && (stage.choices.trained === HAND || isRanked(stage));
  card.querySelector("[data-action=again-start]").disabled = !isAble;
  card.querySelector("[data-action=again-stop]").disabled = !isGoing;
  const said = card.querySelector("[data-again-said]");
  const text = training ? words(training) : "";
  if (said.textContent !== text) said.textContent = text;
}

const isRanked = (stage) => rankings(stage).some(({ name }) => name === stage.choices.trained);

function words({ done, steps, title, isOver, failed }) {
  if (failed) return `The training failed: ${failed}`;
  const far = `${done.toLocaleString("en")} of ${steps.toLocaleString("en")} steps`;
  return `${isOver && done < steps ? "Stopped" : isOver ? "Trained" : "Training"}: ${title} · ${far}`;
}

const paintAll = () => allShown("[data-again]").forEach(paint);

addActions({
  "again-start": start,
  "again-stop": (button) => {
    stop(stageOf(button));
    paintAll();
  },
});
paintLast(paintAll);
