// A dashboard: panels to be dragged and resized, added, renamed and removed. What becomes of a
// change is in dashboard_changes.js.

import { addActions } from "#basics/actions.js";
import { showBanner } from "#basics/banner.js";
import { element } from "#basics/elements.js";
import { load } from "#basics/load.js";
import { request } from "#basics/request.js";
import { forgetFigures, repaint } from "#figures/draw.js";
import { setTracks } from "#figures/slider.js";
import { choosePart } from "#pages/choose_figures.js";
import {
  board,
  boardIs,
  catchUp,
  keepBoard,
  saveBoard,
  settleBoard,
  showOn,
  stepBoard,
} from "#pages/dashboard_changes.js";
import { followBoard } from "#pages/dashboard_live.js";
import { addStages, openSheet } from "#pages/live.js";
import { noteEditor } from "#pages/note_editor.js";
import { COLUMNS, freePlace, newId } from "#pages/panels.js";
import { stages } from "#results/stages.js";

const CELL_PX = 72;
const SPACE_PX = 6;
const NARROW_PX = 760;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// What only this page needs.
const NEEDED = ["/assets/gridstack.min.js", "/assets/gridstack.min.css"];

let grid = null;
let visits = 0; // how many boards were opened

const byId = (id) => document.getElementById(id);

export async function openBoard(page) {
  visits += 1;
  const visit = visits;
  // The last change of another one may not be saved yet.
  await settleBoard();
  const problem = await loaded(NEEDED);
  // Whoever has gone on, perhaps to another board, must not be taken back.
  if (visit !== visits || !byId("board")) return;
  if (problem) return void showBanner(problem);
  grid = window.GridStack.init(
    {
      column: COLUMNS,
      cellHeight: CELL_PX,
      margin: SPACE_PX,
      float: false,
      animate: true,
      handle: ".panel-bar",
      columnOpts: { breakpoints: [{ w: NARROW_PX, c: 1 }] },
      draggable: { cancel: "button,input" },
    },
    byId("board"),
  );
  grid.on("change", () => keepBoard(arranged()));
  grid.on("dragstop resizestop", () => setTimeout(catchUp));
  openSheet({ ...page.sheet, title: tabTitle(page.dashboard) });
  showBoard(page);
  followBoard(page.dashboard.id);
}

// Whether somebody is at it: what they type or drag must not change under their hands.
const TYPED = ".board-name, .panel-name, .note-editor *, .comments :is(input, textarea)";
const DRAGGED = ".ui-draggable-dragging, .ui-resizable-resizing";
const isHeld = () =>
  Boolean(document.activeElement?.matches(TYPED) || document.querySelector(DRAGGED));
// Only after it has something else got the focus.
document.addEventListener("focusout", () => setTimeout(catchUp));

// Whether the board on the page is the one that is kept: one just come to is not set up yet.
const isBoardOpen = () =>
  Boolean(byId("board")?.gridstack) && byId("board-page").dataset.board === board?.id;

// What is wrong if not all of them came.
const loaded = (addresses) =>
  Promise.all(addresses.map(load)).then(
    () => "",
    () => "A part of this page could not be loaded. Go to another page and come back to try again.",
  );

// Bring the page to what the server says: all of it at first, later only what is different.
function showBoard({ dashboard, panels, sheet }) {
  boardIs(dashboard);
  for (const [name, stage] of Object.entries(sheet.stages)) {
    const known = stages.get(name);
    if (known) Object.assign(known.page.figures, stage.figures);
  }
  showPanels(board.content.panels, panels);
  addStages(sheet.stages);
  setTracks();
  showBoardHead();
}

function showPanels(wanted, bodies) {
  grid.batchUpdate();
  const ids = wanted.map(({ id }) => id);
  for (const item of grid.getGridItems()) if (!ids.includes(item.gridstackNode.id)) remove(item);
  for (const panel of wanted) {
    const { id, x, y, width: w, height: h } = panel;
    const item = itemOf(id);
    if (item) grid.update(item, isNarrow() ? {} : { x, y, w, h });
    else
      grid.makeWidget(byId("board").appendChild(made(panel)), { id, x, y, w, h, minW: 2, minH: 2 });
    fill(itemOf(id), panel, bodies[id]);
  }
  grid.batchUpdate(false);
  byId("board-empty").hidden = wanted.length > 0;
}

const itemOf = (id) => grid.getGridItems().find((item) => item.gridstackNode.id === id);
const isNarrow = () => grid.getColumn() === 1;

function made({ id }) {
  const keys = "Panel: arrow keys move it, with Shift they resize it";
  const bar = element(
    "div",
    { className: "panel-bar", tabIndex: 0, set: { "aria-label": keys } },
    element("span", { className: "icon icon-grip" }),
    titleInput("panel-name", "Title of the panel"),
    element("span", { className: "panel-space" }),
    button("edit", "edit-note", "Edit the note"),
    button("enlarge", "enlarge", "Enlarge the panel"),
    button("bin", "remove-panel", "Remove the panel"),
  );
  const slot = element("div", { className: "panel-slot" });
  const box = element("div", { className: "grid-stack-item-content panel-box" }, bar, slot);
  return element("div", { className: "grid-stack-item", set: { "data-panel": id } }, box);
}

function fill(item, panel, { title, html }) {
  const name = item.querySelector(".panel-name");
  if (document.activeElement !== name) name.value = panel.title;
  name.placeholder = title || "Note";
  item.querySelector("[data-action=edit-note]").hidden = panel.runs.length > 0;
  item.querySelector("[data-action=enlarge]").hidden = panel.runs.length === 0;
  const slot = item.querySelector(".panel-slot");
  // What somebody types must not be taken away.
  if (slot.written === html || slot.querySelector("[data-typing]")) return;
  forgetFigures(slot);
  // The server has escaped all that people have written.
  slot.innerHTML = html;
  slot.written = html;
  sizes.observe(slot);
}

function remove(item) {
  sizes.unobserve(item.querySelector(".panel-slot"));
  forgetFigures(item);
  grid.removeWidget(item);
}

// Figures follow the size of their panel.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries)
    for (const plot of target.querySelectorAll(".js-plotly-plot")) window.Plotly.Plots.resize(plot);
  if (stages.size) repaint();
});

const tabTitle = ({ content }) => `${content.title || "Dashboard"} · PruneLab`;

function showBoardHead() {
  const slot = byId("board-title");
  const title =
    slot.querySelector("input") ||
    slot.appendChild(titleInput("board-name", "Title of the dashboard"));
  if (document.activeElement !== title) title.value = board.content.title;
  document.title = tabTitle(board);
  const { can_undo, can_redo } = board;
  const can = {
    "undo-board": can_undo,
    "redo-board": can_redo,
    "add-figure": true,
    "add-note": true,
  };
  for (const [action, isPossible] of Object.entries(can))
    document.querySelector(`[data-action=${action}]`).disabled = !isPossible;
}

const titleInput = (className, label) =>
  element("input", { className, maxLength: 200, set: { "aria-label": label } });

// The panels with the places that they have now; on a narrow page these are not their own.
function arranged() {
  if (isNarrow()) return board.content.panels;
  return board.content.panels.map((panel) => {
    const node = itemOf(panel.id)?.gridstackNode;
    return node ? { ...panel, x: node.x, y: node.y, width: node.w, height: node.h } : panel;
  });
}

function addPanel(panel) {
  const id = newId();
  const size = { width: 6, height: 6, ...panel };
  const empty = { id, title: "", runs: [], by: "variant", part: "", figure: "", note: "" };
  keepBoard([...arranged(), { ...empty, ...size, ...freePlace(arranged(), size) }]);
  return saveBoard();
}

const idOf = (node) => node.closest(".grid-stack-item").dataset.panel;
const panelOf = (node) => board.content.panels.find((panel) => panel.id === idOf(node));

const changed = (id, change) =>
  arranged().map((each) => (each.id === id ? { ...each, ...change } : each));

function removePanel(node) {
  const removed = idOf(node);
  remove(node.closest(".grid-stack-item"));
  keepBoard(arranged().filter(({ id }) => id !== removed));
  return saveBoard();
}

function editNote(node) {
  const slot = node.closest(".panel-box").querySelector(".panel-slot");
  const keep = (note) => keepBoard(changed(idOf(node), { note }), { isTyping: true });
  slot.replaceChildren(
    noteEditor(panelOf(node).note, { dashboard: board.id, keep, end: saveBoard }),
  );
  slot.written = null;
  slot.querySelector("textarea").focus();
}

async function addNote() {
  await addPanel({ note: "", width: 4, height: 3 });
  const last = board.content.panels.at(-1);
  itemOf(last.id)?.querySelector("[data-action=edit-note]").click();
}

async function deleteBoard(node) {
  const said = node.querySelector("[data-says]");
  if (said.textContent !== said.dataset.says) {
    said.textContent = said.dataset.says;
    return;
  }
  const { problem } = await request("DELETE", `dashboards/${node.dataset.board}`);
  if (problem) showBanner(`The dashboard could not be deleted: ${problem}`);
  else node.closest("li").remove();
}

addActions({
  "undo-board": () => stepBoard("undo"),
  "redo-board": () => stepBoard("redo"),
  "add-figure": () => choosePart(addPanel),
  "add-note": addNote,
  "remove-panel": removePanel,
  "edit-note": editNote,
  "delete-board": deleteBoard,
});

function keepTitle({ target }) {
  const title = target.value;
  if (target.matches(".board-name")) keepBoard(arranged(), { title, isTyping: true });
  if (target.matches(".panel-name"))
    keepBoard(changed(idOf(target), { title }), { isTyping: true });
}

document.addEventListener("input", keepTitle);
document.addEventListener("change", (event) => {
  keepTitle(event);
  if (event.target.matches(".board-name, .panel-name")) saveBoard();
});

document.addEventListener("keydown", (event) => {
  const { target } = event;
  if (target.matches(".panel-name, .board-name") && event.key === "Enter") target.blur();
  const move = target.matches(".panel-bar") && STEPS[event.key];
  if (move) {
    event.preventDefault();
    const item = target.closest(".grid-stack-item");
    const { x, y, w, h } = item.gridstackNode;
    const [dx, dy] = move;
    grid.update(item, event.shiftKey ? { w: w + dx, h: h + dy } : { x: x + dx, y: y + dy });
  }
  const isTyping = target.matches("input, textarea");
  if (
    byId("board") &&
    !isTyping &&
    (event.ctrlKey || event.metaKey) &&
    event.key.toLowerCase() === "z"
  ) {
    event.preventDefault();
    stepBoard(event.shiftKey ? "redo" : "undo");
  }
});

const button = (icon, action, title) =>
  element(
    "button",
    {
      className: "icon-button",
      type: "button",
      title,
      set: { "data-action": action, "aria-label": title },
    },
    element("span", { className: `icon icon-${icon}` }),
  );

showOn({ isOpen: isBoardOpen, isHeld, show: showBoard, showHead: showBoardHead });
