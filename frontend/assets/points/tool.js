// Points of one's own: the plane to draw in, a table, a formula with its picture; kept and deleted.

import { askFor } from "#basics/ask.js";
import { complain, element } from "#basics/elements.js";
import { problemIn, request } from "#basics/request.js";
import { brush, controls } from "#points/brush.js";
import { asCsv, drawing, Stroke } from "#points/drawing.js";
import { Plane } from "#points/plane.js";

const PAUSE = 250; // milliseconds without a key before a formula is looked at
const tool = () => document.getElementById("points-tool");
const value = (name) => document.getElementById(`points-${name}`).value.trim();

let plane = null;
let grid = [];
let update = null;
let busy = false;

const way = () => tool().dataset.way;

function draw(ring) {
  if (way() === "draw") plane.draw(drawing.points, [], ring);
  else plane.draw([], way() === "formula" ? grid : []);
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
  const canvas = element("canvas", {
    set: { role: "img", "aria-label": "The plane, from -1.5 to 1.5: draw here" },
  });
  tool().querySelector("[data-points-plane]").replaceChildren(canvas);
  plane = new Plane(canvas, Number(reach), JSON.parse(colours));
  update = controls(tool().querySelector("[data-points-brush]"), plane.colours, draw);
  listen(canvas, Number(reach), Number(most));
  new ResizeObserver(() => tool() && draw()).observe(canvas);
  if (location.hash === "#points-tool") tool().scrollIntoView({ block: "start" });
  return window.dash_clientside.no_update;
}

// Axes have the colours of the page.
new MutationObserver(() => tool() && plane && draw()).observe(document.documentElement, {
  attributeFilter: ["data-mantine-color-scheme"],
});

function listen(canvas, reach, most) {
  let stroke = null;
  const ring = (event) => {
    const [x, y] = plane.at(event);
    return { x, y, size: brush.size };
  };
  const move = (event) => {
    for (const each of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event])
      if (!stroke.to(plane.at(each)))
        refuse(`A dataset has at most ${most.toLocaleString("en")} points.`);
    update();
  };
  canvas.onpointerdown = (event) => {
    if (way() !== "draw" || event.button) return;
    canvas.setPointerCapture(event.pointerId);
    refuse("");
    stroke = new Stroke({ ...brush }, reach, most);
    move(event);
    draw(ring(event));
  };
  canvas.onpointermove = (event) => {
    if (way() !== "draw") return;
    if (stroke) move(event);
    draw(ring(event));
  };
  canvas.onpointerup = canvas.onpointercancel = () => {
    stroke = null;
    draw();
  };
  canvas.onpointerleave = () => draw();
}

function chooseWay({ dataset }) {
  tool().dataset.way = dataset.name;
  for (const each of tool().querySelectorAll("[data-points=way]"))
    each.setAttribute("aria-pressed", each.dataset.name === dataset.name);
  refuse("");
  say("");
  draw();
}

// Show a formula with the place in it at which it cannot be read.
function mark(text, at, problem) {
  const node = tool().querySelector(".points-mark");
  node.hidden = !problem;
  const place = element("mark", { textContent: text[at] ?? "␣" });
  const shown = [element("code", {}, text.slice(0, at), place, text.slice(at + 1)), " "];
  node.replaceChildren(...(at === null ? [] : shown), problem);
}

let asked = 0;
let waiting = null;

async function preview() {
  const mine = ++asked;
  const formula = document.getElementById("points-formula").value;
  if (!formula.trim()) return show(formula, { grid: [], problem: "", at: null });
  const classes = Number(value("classes")) || null;
  const path = "datasets/points/formula/preview";
  const { answer, problem } = await request("POST", path, { formula, classes });
  // What was typed meanwhile has an answer of its own.
  if (mine === asked && tool()) show(formula, answer ?? { grid: [], problem, at: null });
}

function show(formula, { grid: found, problem, at }) {
  if (found.length || !problem) grid = found;
  mark(formula, at, problem);
  draw();
}

async function send(address, type, body) {
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
    const text = await response.text();
    return response.ok ? { answer: JSON.parse(text) } : { problem: problemIn(text) };
  } catch {
    return { problem: "The connection was lost, and nothing was kept." };
  }
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

function sendTable(content, file) {
  const title = value("title");
  const query = new URLSearchParams({ file, ...(title && { title }) });
  return send(`/api/datasets/points?${query}`, "application/octet-stream", content);
}

function sendFormula() {
  const formula = document.getElementById("points-formula").value;
  const body = {
    formula,
    classes: Number(value("classes")) || null,
    title: value("title") || null,
  };
  return send("/api/datasets/points/formula", "application/json", JSON.stringify(body));
}

const KEEPING = {
  draw: () => sendTable(asCsv(), "drawn"),
  csv: () => sendTable(document.getElementById("points-csv").value, "pasted.csv"),
  formula: sendFormula,
};

function choose() {
  const input = element("input", { type: "file", accept: ".csv,.tsv,.txt" });
  input.onchange = () => {
    const [file] = input.files;
    const most = Number(tool().dataset.mostBytes);
    if (file && file.size > most)
      return refuse(`${file.name} is larger than the ${most / 2 ** 20} MiB that a file may have.`);
    if (file) finish(() => sendTable(file, file.name));
  };
  input.click();
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

const ACTIONS = { way: chooseWay, keep: () => finish(KEEPING[way()]), choose, remove };

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-points]");
  if (button) ACTIONS[button.dataset.points](button);
});

// Stepping through the classes sends no event of the field.
for (const kind of ["input", "click"])
  document.addEventListener(kind, ({ target }) => {
    if (!target.closest?.('#points-tool [data-for="formula"]')) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => tool() && preview(), PAUSE);
  });
