// Points of one's own: the plane to draw in, a table, a formula with its picture; kept and deleted.

import { askFor } from "#basics/ask.js";
import { complain, element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { controls } from "#points/brush.js";
import { asCsv, drawing } from "#points/drawing.js";
import { KEYS, keyboard } from "#points/keyboard.js";
import { Plane } from "#points/plane.js";
import { listen } from "#points/pointing.js";
import { forget, preview, sendFile, shown } from "#points/preview.js";

// Milliseconds without a key before something is looked at.
const PAUSES = { formula: 250, csv: 500 };
const LABELS = {
  draw: `The plane, from -1.5 to 1.5: draw here. ${KEYS}`,
  csv: "The points of the table in the plane",
  formula: "The classes that the formula gives to the plane",
};
const tool = () => document.getElementById("points-tool");
const field = (name) => document.getElementById(`points-${name}`);
const value = (name) => field(name).value.trim();

let plane = null;
let cursor = () => null;
let file = null; // a table that was chosen, in place of what is in the field
let busy = false;

const way = () => tool().dataset.way;

function draw(ring = cursor()) {
  if (way() === "draw") return plane.draw(drawing.points, [], ring);
  const { points, grid, isStale = false } = shown[way()];
  plane.draw(points, grid);
  plane.canvas.toggleAttribute("data-stale", isStale);
}

function refuse(text) {
  complain(tool()?.querySelector(".importer-error"), text);
}

function say(text) {
  const said = tool()?.querySelector(".message");
  if (said) said.textContent = text;
}

// Bring a tool that has just been put into the page to life.
export function pointsTool() {
  const { colours, reach, most } = tool().dataset;
  const canvas = element("canvas");
  const told = element("p", { className: "points-told quiet", set: { "aria-live": "polite" } });
  tool().querySelector("[data-points-plane]").replaceChildren(canvas, told);
  plane = new Plane(canvas, Number(reach), JSON.parse(colours));
  const board = {
    plane,
    reach: Number(reach),
    most: Number(most),
    draw,
    update: controls(tool().querySelector("[data-points-brush]"), plane.colours, draw),
    isOpen: () => way() === "draw",
    begin: () => refuse(""),
    full: () => refuse(`A dataset has at most ${Number(most).toLocaleString("en")} points.`),
    tell: (words) => {
      told.textContent = words;
    },
  };
  listen(board);
  cursor = keyboard(board);
  forget();
  choseFile(null);
  describe();
  new ResizeObserver(() => tool() && draw()).observe(canvas);
  if (location.hash === "#points-tool") tool().scrollIntoView({ block: "start" });
  return window.dash_clientside.no_update;
}

// Axes have the colours of the page.
new MutationObserver(() => tool() && plane && draw()).observe(document.documentElement, {
  attributeFilter: ["data-mantine-color-scheme"],
});

// What the plane is, to whoever does not see it: a thing to draw in takes the keyboard.
function describe() {
  const { canvas } = plane;
  const isOpen = way() === "draw";
  canvas.setAttribute("role", isOpen ? "application" : "img");
  canvas.setAttribute("aria-label", LABELS[way()]);
  canvas.tabIndex = isOpen ? 0 : -1;
  if (isOpen) canvas.removeAttribute("data-stale");
  canvas.nextSibling.textContent = "";
}

function chooseWay({ dataset }) {
  tool().dataset.way = dataset.name;
  for (const each of tool().querySelectorAll("[data-points=way]"))
    each.setAttribute("aria-pressed", each.dataset.name === dataset.name);
  refuse("");
  say("");
  describe();
  draw();
}

function look(name) {
  const [formula, content] = [field("formula").value, file ?? field("csv").value];
  const sources = {
    formula: { formula, classes: Number(value("classes")) || null, isEmpty: !formula.trim() },
    csv: { content, file: file?.name ?? "pasted.csv", isEmpty: !file && !content.trim() },
  };
  if (name === "csv" && isTooLarge(content)) return;
  preview(name, { tool: tool(), ...sources[name] }, () => tool() && draw());
}

// Nobody waits for an upload that is refused.
function isTooLarge(content) {
  const most = Number(tool().dataset.mostBytes);
  const isLarge = (content.size ?? content.length) > most;
  const name = content.name ?? "It";
  if (isLarge) refuse(`${name} is larger than the ${most / 2 ** 20} MiB that a file may have.`);
  return isLarge;
}

async function finish(sending) {
  if (busy) return;
  busy = true;
  refuse("");
  say("Keeping…");
  const { answer, problem } = await sending();
  busy = false;
  say(answer ? `${answer.title} is there.` : "");
  refuse(problem);
  if (!answer) return;
  // What is kept next is another thing.
  window.dash_clientside.set_props("points-title", { value: "" });
  document.getElementById("datasets-changed")?.click();
}

const LOST = "The connection was lost, and nothing was kept.";

function sendTable(content, name) {
  const title = value("title");
  const query = new URLSearchParams({ file: name, ...(title && { title }) });
  return sendFile(`/api/datasets/points?${query}`, content, LOST);
}

function sendFormula() {
  const classes = Number(value("classes")) || null;
  const title = value("title") || null;
  const body = { formula: field("formula").value, classes, title };
  return request("POST", "datasets/points/formula", body);
}

const KEEPING = {
  draw: () => sendTable(asCsv(), "drawn"),
  csv: () => sendTable(file ?? field("csv").value, file?.name ?? "pasted.csv"),
  formula: sendFormula,
};

function choose() {
  const input = element("input", { type: "file", accept: ".csv,.tsv,.txt" });
  input.onchange = () => {
    const [chosen] = input.files;
    refuse("");
    if (!chosen || isTooLarge(chosen)) return;
    choseFile(chosen);
    look("csv");
  };
  input.click();
}

// A file is seen before it is kept; what is written in the field then waits.
function choseFile(chosen) {
  file = chosen;
  const node = tool().querySelector(".points-file");
  node.hidden = !file;
  node.querySelector("span").textContent = file?.name ?? "";
}

function letFileGo() {
  choseFile(null);
  look("csv");
}

function remove({ dataset }) {
  askFor({
    title: `Delete the points ${dataset.name}?`,
    words: "Runs that used them keep their results.",
    action: "Delete",
    async take() {
      const { problem } = await request("DELETE", `datasets/points/${dataset.name}`);
      document.getElementById("datasets-changed")?.click();
      return problem;
    },
  });
}

const ACTIONS = {
  way: chooseWay,
  keep: () => finish(KEEPING[way()]),
  choose,
  remove,
  drop: letFileGo,
};

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-points]");
  if (button) ACTIONS[button.dataset.points](button);
});

let waiting = null;

// Stepping through the classes sends no event of the field.
for (const kind of ["input", "click"])
  document.addEventListener(kind, ({ target }) => {
    const name = target.closest?.("#points-tool [data-for]")?.dataset.for;
    if (name !== "formula" && (name !== "csv" || kind === "click")) return;
    refuse("");
    if (name === "csv") choseFile(null);
    clearTimeout(waiting);
    waiting = setTimeout(() => tool() && look(name), PAUSES[name]);
  });
