// Sliders: where they stand, what they say, and playing through all of their places. Stages whose
// sliders have the same places move together.

import { addActions } from "#basics/actions.js";
import { allOn, allShown, moved, stageOf, stages } from "#results/stages.js";

const STEP_MS = 300;
const CALM_STEP_MS = 1000; // for people who asked their system for less motion

let timer = null;
let playing = null; // the stage

const nearest = (positions, value) =>
  positions.reduce(
    (best, at, i) => (Math.abs(at - value) < Math.abs(positions[best] - value) ? i : best),
    0,
  );

// Where there are many places, a page and playing go over several at a time.
const PAGES = 20;
const PLAYED = 150;
const leap = (last) => Math.max(5, Math.round(last / PAGES));

const KEYS = {
  ArrowLeft: (here) => here - 1,
  ArrowDown: (here) => here - 1,
  ArrowRight: (here) => here + 1,
  ArrowUp: (here) => here + 1,
  PageDown: (here, last) => here - leap(last),
  PageUp: (here, last) => here + leap(last),
  Home: () => 0,
  End: (_, last) => last,
};

const indexOf = (stage) => stage.page.places.indexOf(stage.at);

const together = (stage) =>
  [...stages.values()].filter(({ page }) => page.slider && page.slider === stage.page.slider);

// Move a stage's slider, and those that go with it, to the place of this index.
export function moveTo(stage, index) {
  const last = stage.page.places.length - 1;
  const here = Math.min(last, Math.max(0, index));
  for (const each of together(stage)) {
    each.at = each.page.places[here];
    for (const track of allOn(each, "[data-track]")) show(track, each, here);
    for (const text of allOn(each, "[data-live=place]")) text.textContent = each.page.labels[here];
  }
  moved();
}

function show(track, { page }, here) {
  const thumb = track.querySelector("input") || build(track, page);
  thumb.value = page.positions[here];
  thumb.setAttribute("aria-valuetext", page.labels[here]);
  track.style.setProperty("--share", shareOf(page.positions[here], page));
}

const shareOf = (position, { positions }) =>
  (position - positions[0]) / (positions.at(-1) - positions[0] || 1);

function build(track, page) {
  const { positions } = page;
  const thumb = document.createElement("input");
  Object.assign(thumb, { type: "range", min: positions[0], step: "any" });
  thumb.max = positions.length > 1 ? positions.at(-1) : positions[0] + 1;
  thumb.setAttribute("aria-label", track.dataset.track);
  const marks = document.createElement("div");
  marks.className = "marks";
  marks.append(...page.marks.map(([position, label]) => mark(shareOf(position, page), label)));
  track.replaceChildren(thumb, marks);
  return thumb;
}

function mark(share, label) {
  const node = Object.assign(document.createElement("span"), { textContent: label });
  node.style.setProperty("--at", share);
  return node;
}

// Every track has its slider, and every slider stands where its stage is.
export function setTracks() {
  for (const stage of stages.values()) if (stage.page.slider) moveTo(stage, indexOf(stage));
}

document.addEventListener("input", ({ target }) => {
  const stage = target.matches("[data-track] input") && stageOf(target);
  if (stage) moveTo(stage, nearest(stage.page.positions, Number(target.value)));
});

document.addEventListener("keydown", (event) => {
  const stage = event.target.matches?.("[data-track] input") && stageOf(event.target);
  const next = stage && KEYS[event.key];
  if (!next) return;
  event.preventDefault();
  moveTo(stage, next(indexOf(stage), stage.page.places.length - 1));
});

export function pause() {
  clearInterval(timer);
  timer = playing = null;
  showPlaying();
}

function play(button) {
  const stage = stageOf(button);
  const before = playing;
  pause();
  if (before && together(before).includes(stage)) return;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (stage.at === stage.page.places.at(-1)) moveTo(stage, 0);
  playing = stage;
  timer = setInterval(step, calm ? CALM_STEP_MS : STEP_MS);
  showPlaying();
}

function step() {
  const here = indexOf(playing);
  const last = playing.page.places.length - 1;
  if (here < last) moveTo(playing, here + Math.ceil(last / PLAYED));
  else pause();
}

function showPlaying() {
  const all = playing ? together(playing) : [];
  for (const button of allShown("[data-action=play]")) {
    const isPlaying = all.includes(stageOf(button));
    button.dataset.playing = isPlaying;
    button.setAttribute("aria-label", isPlaying ? "Pause" : "Play through all places");
  }
}

addActions({ play });
