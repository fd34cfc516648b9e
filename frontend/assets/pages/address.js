// Where the page stands, in the fragment of its address: the slider's place and what is chosen, as
// `#at=0.5&arm=lrp&off=unpruned`, and of a network what is removed by hand and which unit is looked at. So it
// stands there again after a reload or Back, and a link can point there.
// What the page stands at by itself is left out.

import { showBanner } from "#basics/banner.js";
import { choose } from "#figures/choosers.js";
import { repaint } from "#figures/draw.js";
import { setTracks } from "#figures/slider.js";
import { hiddenGroups, hideGroups } from "#figures/toggles.js";
import { readHand, written } from "#network/hand.js";
import { stages, startOf, whenMoved } from "#results/stages.js";

// Longer than a step of playing: only where it stops is written.
const WAIT_MS = 350;
const DIGITS = 6;

let timer = null;
let known = ""; // what the address says, as far as it was read or written here

// Of what is arranged on a dashboard no address could tell all places.
const only = () => {
  const [stage, ...others] = stages.values();
  return others.length || document.getElementById("board") ? null : stage;
};

const rounded = (place) => String(Number(place.toPrecision(DIGITS)));

function wanted(stage) {
  const query = new URLSearchParams();
  if (stage.at !== startOf(stage.page)) query.set("at", rounded(stage.at));
  for (const [name, value] of Object.entries(stage.choices))
    if (value !== stage.page.choices[name]) query.set(name, value);
  for (const [name, text] of Object.entries(written(stage))) if (text) query.set(name, text);
  const hidden = hiddenGroups(stage);
  if (hidden.length) query.set("off", hidden.join());
  return query.toString();
}

// Stand where the address says; what does not exist there counts as not said.
export function readPlace() {
  const stage = only();
  // A fragment without a value leads to a part of the page.
  if (!stage || (location.hash && !location.hash.includes("="))) return;
  const said = new URLSearchParams(location.hash.slice(1) || placeOfFile());
  const { page } = stage;
  const place = page.places.find((each) => rounded(each) === said.get("at"));
  if (said.has("at") && place === undefined)
    showBanner("The address names a place that the slider does not have.");
  stage.at = place ?? startOf(page);
  choose(stage, Object.fromEntries(said));
  hideGroups(stage, (said.get("off") ?? "").split(",").filter(Boolean));
  if (page.network && !readHand(stage, Object.fromEntries(said)))
    showBanner("The address names units or connections that this network does not have.");
  known = wanted(stage);
}

// Where a file stood when it was taken away.
const placeOfFile = () => document.querySelector("main[data-place]")?.dataset.place;

// Where the page stands, to be put behind an address; nothing of what has no place, or as it begins.
export function placeNow() {
  const stage = only();
  return stage ? wanted(stage) : "";
}

const page = () => location.pathname + location.search;

// Write where the page stands once it stands still.
function keepPlace() {
  clearTimeout(timer);
  timer = setTimeout(keep, WAIT_MS, page());
}

function keep(asked) {
  const stage = only();
  // The address may be that of the next page already.
  if (!stage || asked !== page()) return;
  const text = wanted(stage);
  if (text === known) return;
  known = text;
  history.replaceState(history.state, "", asked + (text && `#${text}`));
  // Dash puts what it takes for the fragment behind every address that it makes.
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}

// The page is left: what was not written of it must not be of the next.
export function forgetPlace() {
  clearTimeout(timer);
  known = "";
}

window.addEventListener("hashchange", () => {
  readPlace();
  setTracks();
  repaint();
});

whenMoved(keepPlace);
