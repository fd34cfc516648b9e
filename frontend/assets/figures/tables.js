// Fills the tables of the page from the result: in order, only the rows that are asked for, those
// at the slider's place marked.

import { addActions } from "#basics/actions.js";
import { saveFile } from "#basics/save_file.js";
import { MISSING, paintLast } from "#figures/draw.js";
import { FORMATS } from "#results/formats.js";
import { holdsOne } from "#results/quartiles.js";
import { allShown, isOver, stageOf } from "#results/stages.js";
import { whyNone } from "#results/why_none.js";

// More rows than these make the page slow, and nobody reads them; the CSV has all.
const MOST_ROWS = 400;
// How far from what was published, in points.
const NEAR = 1;
const FAR = 5;
const NUMBER = /^[+-]?\d+(\.\d*)?([eE][+-]?\d+)?$/;
const written = new WeakMap(); // table body → what it shows
const specs = new WeakMap(); // table body → how it shows it
const cells = new WeakMap(); // row → {COLUMN: VALUE}, all of them

// What a row is of, by the names of its table's columns.
export const valuesOf = (row) => cells.get(row);

function specOf(body) {
  if (!specs.has(body)) specs.set(body, JSON.parse(body.dataset.spec));
  return specs.get(body);
}

// `of` gives the row's other cells by their columns.
function cell(value, column, of) {
  const node = document.createElement("td");
  node.className = column.format;
  if (column.colours[value]) {
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.setProperty("--swatch", column.colours[value]);
    node.append(swatch);
  }
  if (column.format === "points" && value !== null) node.dataset.distance = distance(value);
  node.append(value === null ? MISSING : column.titles[value] || FORMATS[column.format](value));
  if (column.quartiles && holdsOne(...column.quartiles.map(of))) node.append(untold());
  return node;
}

// What stands behind a ratio that cannot be told from 1.
function untold() {
  const node = document.createElement("span");
  node.className = "untold";
  node.append(" ≈ 1");
  return node;
}

function distance(difference) {
  const points = Math.abs(100 * difference);
  return points <= NEAR ? "near" : points <= FAR ? "off" : "far";
}

// Names in the order of their titles, numbers by size.
function order(table, spec) {
  const keys = spec.sort.map((name) => {
    const titles = Object.keys(spec.columns.find((column) => column.name === name)?.titles || {});
    const place = table.columns.indexOf(name);
    return (row) => (titles.length ? titles.indexOf(row[place]) : row[place]);
  });
  return (a, b) => keys.reduce((found, key) => found || key(a) - key(b), 0);
}

function rowsOf(table, spec, { at, choices }) {
  const column = (name) => table.columns.indexOf(name);
  const chosen = Object.entries(spec.chosen).map(([name, chooser]) => [
    column(name),
    choices[chooser],
  ]);
  const places = spec.places.map(column);
  let rows = table.rows.filter((row) => chosen.every(([i, value]) => row[i] === value));
  // What was shared earlier says nothing of `latest_of`.
  if (spec.latest_of) rows = latest(rows, column(spec.latest_of), places, at);
  else if (spec.only_here) rows = rows.filter((row) => places.some((i) => row[i] === at));
  return spec.sort.length ? rows.sort(order(table, spec)) : rows;
}

// Of each name in a column the rows of its latest place that is not above the slider's.
function latest(rows, name, [place], at) {
  const last = new Map();
  const come = rows.filter((row) => row[place] <= at);
  for (const row of come)
    last.set(row[name], Math.max(row[place], last.get(row[name]) ?? -Infinity));
  return come.filter((row) => row[place] === last.get(row[name]));
}

function rowNode(values, table, spec, isPressable) {
  const node = document.createElement("tr");
  // Results of earlier versions lack some columns.
  const value = (name) => values[table.columns.indexOf(name)] ?? null;
  node.dataset.places = JSON.stringify(spec.places.map(value));
  node.append(...spec.columns.map((column) => cell(value(column.name), column, value)));
  cells.set(node, Object.fromEntries(table.columns.map((name, i) => [name, values[i]])));
  if (isPressable) {
    node.dataset.pressable = "";
    node.tabIndex = -1;
    node.title = "Enter or a press moves the slider here";
  }
  return node;
}

function fill(body, stage) {
  const { fold, at, choices } = stage;
  const spec = specOf(body);
  const table = fold.result.tables[body.dataset.table];
  const asked = [spec.only_here ? at : null, JSON.stringify(choices)];
  const wanted = [fold, fold.revisions[body.dataset.table] || 0, ...asked];
  if (!table || written.get(body)?.every((item, i) => item === wanted[i])) return false;
  written.set(body, wanted);
  const rows = rowsOf(table, spec, stage);
  const isPressable = Boolean(stage.page.slider) && spec.places.length > 0 && !spec.only_here;
  const shown = rows.slice(0, MOST_ROWS);
  const focused = [...body.rows].indexOf(document.activeElement);
  body.replaceChildren(...shown.map((row) => rowNode(row, table, spec, isPressable)));
  if (isPressable && shown.length) (body.rows[focused] ?? body.rows[0]).tabIndex = 0;
  // New rows took its place.
  if (focused >= 0) body.rows[focused]?.focus({ preventScroll: true });
  tell(body, Math.min(rows.length, MOST_ROWS), table.rows.length);
  return true;
}

// How many of the rows are shown, where it is not all.
function tell(body, shown, all) {
  const node = body.closest(".table").querySelector("[data-rows]");
  const numbers = [shown, all].map(FORMATS.integer);
  const text = shown < all ? `${numbers[0]} of ${numbers[1]} rows; the CSV has them all.` : "";
  if (node.textContent !== text) node.textContent = text;
}

// A table that no rows will come to any more is left out, and it is said why.
function tellEmpty(body, stage) {
  const { fold, voices } = stage;
  const card = body.closest(".table");
  const isEmpty =
    !fold.result.tables[body.dataset.table]?.rows.length && voices.every(({ run }) => isOver(run));
  if (isEmpty === "empty" in card.dataset) return;
  card.toggleAttribute("data-empty", isEmpty);
  card.querySelector("[data-rows]").textContent = isEmpty ? whyNone("rows", stage) : "";
}

function mark(body, at) {
  const { only_here: onlyHere } = specOf(body);
  for (const node of body.rows) {
    const isHere = !onlyHere && JSON.parse(node.dataset.places).includes(at);
    node.classList.toggle("here", isHere);
  }
}

function saveTable(button) {
  const stage = stageOf(button);
  const name = button.dataset.name;
  const table = stage.fold.result.tables[name] || { columns: [], rows: [] };
  const file = `${stage.run?.id || stage.name}-${name}.csv`.replaceAll("/", "-");
  saveFile(new Blob([csvOf(table)], { type: "text/csv" }), file);
}

// A table as CSV (RFC 4180), whole. A cell that a spreadsheet would take for a formula is text.
export function csvOf({ columns, rows }) {
  const lines = [columns, ...rows].map((row) => row.map(csvCell).join(",") || '""');
  return `${lines.join("\r\n")}\r\n`;
}

// The semicolon separates fields where the comma separates decimals.
function csvCell(value) {
  if (value === null) return "";
  const isText = typeof value === "string" && !NUMBER.test(value);
  const text = isText && /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : String(value);
  return /[",;\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const marked = new WeakMap(); // table body → the place that its rows are marked for

function paintTables() {
  for (const body of allShown("[data-table]")) {
    const stage = stageOf(body);
    const { at } = stage;
    const isNew = fill(body, stage);
    tellEmpty(body, stage);
    if (isNew || marked.get(body) !== at) mark(body, at);
    marked.set(body, at);
  }
}

addActions({ csv: saveTable });
paintLast(paintTables);
