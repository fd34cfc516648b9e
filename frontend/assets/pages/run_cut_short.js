// A run that was cancelled or has failed: what it has nothing of is left out and named, so that what
// there is stands together.

import { paintLast } from "#figures/draw.js";
import { hasSource } from "#results/bindings.js";
import { currentRun, stages } from "#results/stages.js";

const CUT_SHORT = ["cancelled", "failed"];

function leaveOut() {
  const run = currentRun();
  const section = document.getElementById("run");
  if (!run || !section || !CUT_SHORT.includes(run.status)) return;
  const stage = stages.get("run");
  const key = JSON.stringify([run.id, run.status, stage.fold.revision]);
  if (section.dataset.cut === key) return;
  section.dataset.cut = key;
  const isNothing = !hasResults(stage.fold.result);
  section.toggleAttribute("data-nothing", isNothing);
  const cards = [...section.querySelectorAll("#drawn > .card")];
  const empty = isNothing ? [] : cards.filter((card) => isEmpty(card, stage));
  for (const card of empty) card.dataset.nothing = "";
  const said = isNothing ? "Nothing had been computed until then." : leftOf(empty);
  for (const node of section.querySelectorAll("[data-left]")) node.textContent = said;
}

const hasResults = ({ series, tables, frames }) =>
  [series, tables, frames].some((named) => Object.keys(named).length);

function leftOf(empty) {
  const names = empty.map((card) => card.querySelector("h2").firstChild.textContent);
  const missing = names.length ? ` It did not come to: ${names.join(", ")}.` : "";
  return `What had been computed until then is kept below.${missing}`;
}

// Nothing will come any more, whatever is chosen and wherever the slider stands.
function isEmpty(card, { fold, page }) {
  if (card.matches("[data-empty]")) return true;
  if (card.querySelector("[data-files]")) return !fold.result.artifacts.length;
  const figures = [...card.querySelectorAll("[data-figure]")];
  const traces = figures.flatMap(({ dataset }) => page.figures[dataset.figure]?.data ?? []);
  return figures.length > 0 && !traces.some((trace) => hasSource(trace, fold.result));
}

paintLast(leaveOut);
