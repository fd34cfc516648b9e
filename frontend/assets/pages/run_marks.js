// What people make of the run that is shown, and its menu: star, title, tags, the bin.

import { element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { paintFirst } from "#figures/draw.js";
import { addRunActions, openMenu, repeat, star } from "#pages/run_actions.js";
import { currentRun, isOver, stages } from "#results/stages.js";

const live = (name) => document.querySelector(`#run [data-live=${name}]`);

// The run as a table has it, whose menu this is too.
function row() {
  const run = currentRun();
  const name = run.title || live("title").dataset.untitled;
  return { ...run, name, tags: run.tags.join(", "), ended: isOver(run) };
}

function showMarks() {
  const run = currentRun();
  if (!run || !live("title")) return;
  const shown = JSON.stringify([run.id, run.title, run.tags, run.starred, run.deleted_at]);
  const section = document.getElementById("run");
  if (section.dataset.marks === shown) return;
  section.dataset.marks = shown;
  live("title").textContent = run.title || live("title").dataset.untitled;
  live("star").textContent = run.starred ? "★" : "☆";
  live("star").setAttribute("aria-pressed", Boolean(run.starred));
  live("bin").hidden = !run.deleted_at;
  live("tags").hidden = !run.tags.length;
  live("tags").replaceChildren(...run.tags.map(tag));
}

function tag(word) {
  const href = `/runs?search=${encodeURIComponent(word)}`;
  return element("li", {}, element("a", { className: "tag", textContent: word, href }));
}

// Something was done to a run: if it is the one that is shown, it is shown as it is now.
async function look() {
  const run = currentRun();
  if (!run || !live("title")) return;
  const { answer } = await request("GET", `runs/${run.id}`);
  if (!answer || currentRun() !== run) return;
  stages.get("run").voices[0].run = answer;
  showMarks();
}

addRunActions({
  star: () => star(row()),
  repeat: () => repeat(row()),
  menu: (_, button) => openMenu(row(), button),
});
document.addEventListener("prunelab:marked", look);
paintFirst(showMarks);
