// What is done to a run or to several: the server is asked, and what came of it is said.

import { askFor } from "#basics/ask.js";
import { request } from "#basics/request.js";

const NARROW = matchMedia("(max-width: 700px)");
const SECONDS_TO_UNDO = 12;

export const part = (name) => document.getElementById(name);
export const table = () => part("run-grid") && window.dash_ag_grid?.getApi("run-grid");
const chosen = () => table()?.getSelectedRows() || [];
const isBin = () => new URLSearchParams(location.search).has("bin");
let forget = null;

// ---- Asking the server, and saying what came of it

async function ask(method, path, body) {
  const { answer, problem } = await request(method, path, body);
  return answer || say(problem);
}

// One after the other; what was done, even if it was not all.
async function askEach(rows, method, path) {
  const done = [];
  for (const row of rows) if (await ask(method, path(row))) done.push(row);
  return done;
}

function say(text, undo) {
  const toast = part("run-toast");
  if (!toast) return null;
  clearTimeout(forget);
  toast.replaceChildren(text);
  if (undo) {
    const button = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: "Undo",
    });
    button.onclick = () => {
      toast.hidden = true;
      undo();
    };
    toast.append(button);
  }
  toast.hidden = false;
  forget = setTimeout(() => (toast.hidden = true), 1000 * SECONDS_TO_UNDO);
  return null;
}

const several = (count) => (count === 1 ? "1 run" : `${count} runs`);
const named = (rows) => (rows.length === 1 ? `“${rows[0].name}”` : several(rows.length));

export function again() {
  table()?.refreshInfiniteCache();
  part("queue-changed")?.click();
  document.dispatchEvent(new Event("prunelab:marked"));
}

export function go(path) {
  history.pushState({}, "", path);
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  scrollTo(0, 0);
}

// ---- What can be done to runs

async function bin(rows) {
  const done = await askEach(rows, "DELETE", (row) => `runs/${row.id}`);
  table()?.deselectAll();
  again();
  if (done.length) say(`${named(done)} moved to the bin.`, () => restore(done));
}

async function restore(rows) {
  const done = await askEach(rows, "POST", (row) => `runs/${row.id}/restore`);
  table()?.deselectAll();
  again();
  if (done.length) say(`${named(done)} restored.`);
}

const FOR_GOOD = { words: "This cannot be undone.", action: "Delete for good" };

function remove(rows) {
  askFor({
    title: `Delete ${named(rows)} for good?`,
    ...FOR_GOOD,
    async take() {
      const done = await askEach(rows, "DELETE", (row) => `runs/${row.id}?for_good=true`);
      table()?.deselectAll();
      again();
      if (!done.length) return;
      if (!table()) go("/runs?bin");
      say(`${named(done)} deleted for good.`);
    },
  });
}

function empty() {
  askFor({
    title: "Delete everything in the bin for good?",
    ...FOR_GOOD,
    async take() {
      const { answer, problem } = await request("POST", "bin/empty");
      again();
      if (answer) say(`${several(answer.removed)} deleted for good.`);
      return problem;
    },
  });
}

function cancelWaiting({ queue: name, count, until }) {
  askFor({
    title: `Cancel ${several(Number(count))} that wait?`,
    words: "What runs goes on.",
    action: "Cancel them",
    not: "Let them wait",
    async take() {
      const asked = `queue/${name}/cancel?until=${encodeURIComponent(until)}`;
      const { answer, problem } = await request("POST", asked);
      again();
      if (answer) say(`${several(answer.cancelled)} cancelled.`);
      return problem;
    },
  });
}

export async function star(row) {
  if (await ask("PATCH", `runs/${row.id}`, { starred: !row.starred })) again();
}

export async function repeat(row) {
  const run = await ask("POST", `runs/${row.id}/again`);
  if (run) go(`/runs/${run.id}`);
}

const WORDS = { title: "Title", tags: "Tags, with commas between them" };
export const listed = (text) =>
  text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);

// To the tags that it has now: the table may be older than what others have given it.
async function addTags(id, more) {
  const { answer, problem } = await request("GET", `runs/${id}`);
  if (problem) return problem;
  const tags = [...new Set([...answer.tags, ...more])];
  return (await request("PATCH", `runs/${id}`, { tags })).problem;
}

function tag(rows) {
  askFor({
    title: `Tag ${named(rows)}`,
    field: WORDS.tags,
    action: "Tag",
    async take(text) {
      for (const { id } of rows) {
        const problem = await addTags(id, listed(text));
        if (problem) return problem;
      }
      again();
      say(`${named(rows)} tagged.`);
    },
  });
}

function edit(row, column) {
  const node = table()?.getRowNode(row.id);
  if (NARROW.matches || !node) return editInDialog(row.id, column, row[column]);
  table().ensureColumnVisible(column);
  table().startEditingCell({ rowIndex: node.rowIndex, colKey: column });
}

// Where there is no cell to write into, as on a phone, or where what was written is refused.
function editInDialog(id, column, value, problem = "") {
  const take = (text) => put(id, column, text);
  askFor({
    title: column === "title" ? "Rename this run" : "Tag this run",
    field: WORDS[column],
    value,
    problem,
    action: "Save",
    take,
  });
}

// What is wrong with it, if anything is.
async function put(id, column, text) {
  const changed = column === "tags" ? { tags: listed(text) } : { title: text };
  const { problem } = await request("PATCH", `runs/${id}`, changed);
  again();
  return problem;
}

export async function change(id, column, text) {
  const problem = await put(id, column, text);
  if (problem) editInDialog(id, column, text, problem);
}

async function queue(action, id) {
  const done = await ask("POST", `runs/${id}/${action}`);
  if (done && action === "front") say("It is taken next.");
  again();
}

const ACTIONS = {
  "bin-chosen": () => bin(chosen()),
  "restore-chosen": () => restore(chosen()),
  "remove-chosen": () => remove(chosen()),
  "tag-chosen": () => tag(chosen()),
  empty,
  front: ({ runId }) => queue("front", runId),
  "cancel-waiting": cancelWaiting,
  cancel: ({ runId }) => queue("cancel", runId),
  restore: async ({ runId }) => {
    if (await ask("POST", `runs/${runId}/restore`)) again();
  },
};

export const addRunActions = (more) => Object.assign(ACTIONS, more);

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-run-action]");
  if (button) ACTIONS[button.dataset.runAction]?.(button.dataset, button);
});

// ---- The menu of a row

function items(row) {
  if (isBin() || row.deleted_at)
    return [
      ["Restore", () => restore([row])],
      ["Delete for good", () => remove([row])],
    ];
  const ended = row.ended
    ? [["Delete", () => bin([row])]]
    : [["Cancel", () => queue("cancel", row.id)]];
  return [
    ["Rename", () => edit(row, "title")],
    ["Tags", () => edit(row, "tags")],
    ["Run again", () => repeat(row)],
    ["Run again with changes", () => go(`/?run=${row.id}`)],
    ...ended,
  ];
}

export function openMenu(row, button) {
  const menu = part("run-menu");
  menu.popover = "auto"; // Dash knows no such attribute
  const buttons = items(row).map(([text, act]) => {
    const item = Object.assign(document.createElement("button"), {
      type: "button",
      textContent: text,
    });
    item.setAttribute("role", "menuitem");
    item.onclick = () => {
      menu.hidePopover();
      act();
    };
    return item;
  });
  menu.replaceChildren(...buttons);
  menu.showPopover();
  const place = button.getBoundingClientRect();
  const below = place.bottom + menu.offsetHeight < innerHeight;
  menu.style.top = `${below ? place.bottom + 4 : place.top - menu.offsetHeight - 4}px`;
  menu.style.left = `${Math.max(8, place.right - menu.offsetWidth)}px`;
  menu.onkeydown = ({ key }) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const at = buttons.indexOf(document.activeElement);
    if (step) buttons.at((at + step) % buttons.length).focus();
  };
  buttons[0].focus();
}
