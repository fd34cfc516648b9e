// What can be done with a mask made by hand, what it comes to, and what each criterion would remove
// next.

import { addActions } from "#basics/actions.js";
import { element } from "#basics/elements.js";
import { paintLast } from "#figures/draw.js";
import { whenEvaluated } from "#network/following.js";
import { change, isEmpty, redo, toggleUnit, undo } from "#network/hand.js";
import { drawCurve } from "#network/hand_curve.js";
import { isTold, rankings, ranksOf, removedAt, unitsOf } from "#network/told.js";
import { shortName, startOf } from "#network/units.js";
import { FORMATS } from "#results/formats.js";
import { allShown, isAllOver, stageOf, whenMoved } from "#results/stages.js";

const NEVER = "This run has not told its network: run it again to see it.";
const STILL_MS = 250;

const shown = new WeakMap(); // diagram → the mask that it speaks of
const said = new WeakMap(); // and the answer
const timers = new WeakMap(); // diagram → what waits to draw its curve

// The units in the order in which a criterion removes them.
function orderOf(stage, name) {
  const order = [];
  ranksOf(stage, name).forEach((rank, unit) => {
    order[rank] = unit;
  });
  return order;
}

const removedBy = (stage, name) => orderOf(stage, name).slice(0, removedAt(stage));

addActions({
  "hand-undo": (button) => undo(stageOf(button)),
  "hand-redo": (button) => redo(stageOf(button)),
  "hand-restore": (button) => change(stageOf(button), { units: [], cuts: [] }),
  "hand-adopt": (button) => {
    const stage = stageOf(button);
    change(stage, { units: removedBy(stage, stage.choices.ranking), cuts: [] });
  },
  "hand-next": (button) => toggleUnit(stageOf(button), Number(button.dataset.next)),
});

function paint(node) {
  const stage = stageOf(node);
  const { hand, live } = stage;
  if (!stage.page.network) return;
  if (!live) return wait(node, stage);
  node.dataset.state = "";
  const enable = (name, isOn) => {
    node.querySelector(`[data-action="${name}"]`).disabled = !isOn;
  };
  enable("hand-undo", hand.past.length);
  enable("hand-redo", hand.future.length);
  enable("hand-restore", !isEmpty(hand));
  enable("hand-adopt", rankings(stage).length);
  if (said.get(node) !== live.answers.hand) {
    said.set(node, live.answers.hand);
    node.querySelector("[data-hand-said]").textContent = words(stage);
  }
  const key = `${hand.revision} ${rankings(stage).length}`;
  if (shown.get(node) === key) return;
  shown.set(node, key);
  node.querySelector("[data-hand-next]").replaceChildren(...next(stage));
  clearTimeout(timers.get(node));
  timers.set(node, setTimeout(curve, STILL_MS, stage));
}

// Until the network is told, or where it never will be.
function wait(node, stage) {
  const isComing = stage.voices.some((voice) => voice.is_light && !voice.hasFrames);
  const isNever = isAllOver() && !isComing && !isTold(stage);
  node.dataset.state = isNever ? "none" : "";
  if (isNever) node.querySelector("[data-hand-said]").textContent = NEVER;
  const place = node.querySelector("[data-hand-next]");
  if (!place.children.length) place.replaceChildren(...next(stage));
}

function words(stage) {
  const { hand, live } = stage;
  const answer = live.answers.hand;
  if (!answer) return "";
  const cuts = hand.cuts.length;
  const gone = `${hand.units.length} of ${unitsOf(stage)} units removed`;
  const parts = [
    cuts ? `${gone}, ${cuts} connection${cuts > 1 ? "s" : ""} cut` : gone,
    `train ${FORMATS.percent(answer.train.accuracy)}`,
    `test ${FORMATS.percent(answer.test.accuracy)}`,
    `loss ${FORMATS.number(answer.test.loss)}`,
    ...emptyLayers(stage).map(
      (layer) => `layer ${layer} is empty: the answer is the same everywhere`,
    ),
  ];
  return `By hand: ${parts.join(" · ")}`;
}

// The numbers of layers of which nothing is left.
function emptyLayers(stage) {
  const gone = new Set(stage.hand.units);
  const { hidden } = stage.page.network;
  const isEmptied = (width, layer) =>
    Array.from({ length: width }, (_, i) => startOf(stage, layer) + i).every((u) => gone.has(u));
  return [...hidden.keys()].filter((layer) => isEmptied(hidden[layer], layer)).map((l) => l + 1);
}

// As everywhere: the last step back, and forth again, but for what is being typed.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches?.("input:not([type=range]), textarea, select");
  const diagram = document.querySelector("[data-diagram]");
  const stage = diagram && stageOf(diagram);
  // On a dashboard the keys take back what was arranged.
  if (!stage?.live || isTyping || document.getElementById("board")) return;
  if (!event.ctrlKey && !event.metaKey) return;
  const isBack = event.key === "z" && !event.shiftKey;
  const isForth = event.key === "y" || event.key === "Z";
  if (!isBack && !isForth) return;
  event.preventDefault();
  if (isBack) undo(stage);
  else redo(stage);
});

// A button for each criterion; one that has not ranked the units yet, or has none left, waits.
function next(stage) {
  const gone = new Set(stage.hand.units);
  const known = rankings(stage);
  const buttons = stage.page.network.rankings.map((ranking) => {
    const order = known.includes(ranking) ? orderOf(stage, ranking.name) : [];
    return nextButton(
      stage,
      ranking,
      order.find((each) => !gone.has(each)),
    );
  });
  const lead = element("span", { className: "quiet", textContent: "Would go next" });
  return [lead, ...buttons];
}

function nextButton(stage, { title, colour }, unit) {
  const swatch = element("span", { className: "swatch" });
  swatch.style.setProperty("--swatch", colour);
  const named = unit === undefined ? "unit …" : `unit ${shortName(stage, unit)}`;
  const goes = element("span", { textContent: named });
  const set = { "data-action": "hand-next", "aria-label": `${title}: ${named}, remove it` };
  if (unit !== undefined) set["data-next"] = unit;
  const button = { type: "button", className: "toggle", disabled: unit === undefined, set };
  return element("button", button, swatch, `${title}: `, goes);
}

function curve(stage) {
  const { hand } = stage;
  drawCurve(stage, "hand", hand, () => hand === stage.hand);
}

export const paintHandBars = () => allShown("[data-diagram]").forEach(paint);

whenMoved(paintHandBars);
whenEvaluated(paintHandBars);
paintLast(paintHandBars);
