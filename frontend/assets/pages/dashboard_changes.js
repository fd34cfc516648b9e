// What becomes of a change to a dashboard: it is kept here at once and saved before long, it can be
// taken back, and where it was changed elsewhere in the meantime, both changes are kept. What others
// change is shown once nobody types or drags here.

import { showBanner } from "#basics/banner.js";
import { request } from "#basics/request.js";
import { joined } from "#pages/panels.js";

const SAVE_MS = 400;
// Every save is a step that can be undone: who types makes one of many letters.
const TYPING_MS = 2000;
const RETRY_MS = 3000;
// Browsers let requests outlive the page that carry no more than this together.
const MOST_OUTLIVING = 64 * 1024;

const CHANGED_ELSEWHERE = 409;

export let board = null; // the dashboard that is shown: id, content, revision, what can be undone
let base = null; // its content as the server last had it
let timer = null; // while something is to be saved
let isPutting = false; // while a save is under way
let isStranded = false; // while what was changed cannot be saved as it is
let last = Promise.resolve(); // the last of what changes the dashboard,
let changing = 0; // and how much of it is under way or waits
let looks = 0; // how often the dashboard was looked at or changed
let newest = null; // the moment of its newest state, as the server last said,
const known = new Set(); // and those of the states that were seen here

// The page of the dashboard: {isOpen, isHeld, show, showHead}.
let page = null;

export const showOn = (shown) => (page = shown);

// The server says what it is.
export function boardIs(dashboard) {
  board = dashboard;
  base = dashboard.content;
  known.add(dashboard.updated_at);
  isStranded = false;
  looks += 1;
}

// Keep a change here at once, and at the server before long.
export function keepBoard(panels, { title = board.content.title, isTyping = false } = {}) {
  const content = { ...board.content, title, panels };
  if (JSON.stringify(content) === JSON.stringify(board.content)) return;
  board.content = content;
  say("Saving…");
  clearTimeout(timer);
  timer = setTimeout(saveBoard, isTyping ? TYPING_MS : SAVE_MS);
}

// Save what is not saved yet, and show what the server makes of it.
export async function saveBoard() {
  if (await settleBoard()) await refresh();
}

// Save what is not saved yet; whether the server has all of it.
export const settleBoard = () => inTurn(settle);

// Each change begins with what the one before has left.
function inTurn(change) {
  changing += 1;
  const begin = () => change();
  last = last.then(begin, begin).finally(() => {
    changing -= 1;
    catchUp();
  });
  return last;
}

async function settle() {
  if (!timer) return true;
  clearTimeout(timer);
  timer = null;
  return put();
}

async function put() {
  const saved = board;
  const { id, content, revision } = saved;
  looks += 1;
  isPutting = true;
  const { answer, ...refusal } = await request("PUT", `dashboards/${id}`, { content, revision });
  isPutting = false;
  if (refusal.status === CHANGED_ELSEWHERE) return join(saved);
  if (!answer) return notSaved(refusal);
  base = content;
  adopt(saved, answer);
  isStranded = false;
  if (page.isOpen()) page.showHead();
  if (!timer) say("Saved");
  return true;
}

// Make the change that was made here to what the dashboard is now.
async function join(changed) {
  isStranded = true;
  const { answer, ...refusal } = await request("GET", `dashboards/${changed.id}`);
  if (!answer) return notSaved(refusal);
  adopt(changed, answer);
  return put();
}

// What the server has, with what was changed here since it last said so.
function adopt(changed, theirs) {
  const content = joined(base, changed.content, theirs.content);
  Object.assign(changed, { ...theirs, content });
  known.add(theirs.updated_at);
  base = theirs.content;
}

// What was refused would be refused again; all else is tried again.
function notSaved({ problem, status }) {
  isStranded = isAway(status);
  if (isStranded) timer ||= setTimeout(saveBoard, RETRY_MS);
  else showBanner(problem);
  say(isStranded ? `Not saved: ${fault(status)}. Trying again…` : "Not saved");
  return false;
}

// The status is 0 where nobody answers.
const isAway = (status) => status === 0 || status >= 500;
const fault = (status) => `the server ${status ? "made a fault" : "does not answer"}`;

// Somebody else may have changed it while nobody looked here.
export function lookAtBoard() {
  if (page.isOpen() && !timer && !changing) refresh();
}
window.addEventListener("focus", lookAtBoard);

// The server says that it was changed, here or elsewhere.
export function heardOfBoard({ updated_at }) {
  newest = updated_at;
  catchUp();
}

// Show what somebody else has changed, unless that would be in the way; whatever was in the way
// calls this again once it is over.
export async function catchUp() {
  if (!newest || known.has(newest) || !page.isOpen() || timer || changing) return;
  if (page.isHeld()) return void say("Changed elsewhere; shown once you pause");
  const before = board.updated_at;
  if ((await refresh()) && board.updated_at !== before) say("Changed by somebody else just now");
}

// Show what the server has; whether there was no reason to leave it.
async function refresh() {
  looks += 1;
  const look = looks;
  const { answer, problem, status } = await request("GET", `dashboards/${board.id}/page`);
  // What was changed or seen since is newer than this.
  if (look !== looks || timer || changing || !page.isOpen()) return false;
  if (answer) page.show(answer);
  else if (!isAway(status)) showBanner(problem);
  return Boolean(answer);
}

// Take the last change back, or make it again.
export async function stepBoard(which) {
  if (!page.isOpen()) return;
  const said = await inTurn(async () => ((await settle()) ? step(which) : null));
  if (!said) return;
  await refresh();
  say(said);
}

// What is to be said of it; null if that was said.
async function step(which) {
  const stepped = board;
  const { answer, problem, status } = await request("POST", `dashboards/${stepped.id}/${which}`, {
    revision: stepped.revision,
  });
  if (answer) {
    looks += 1;
    adopt(stepped, answer);
    return which === "undo" ? "Undone" : "Redone";
  }
  const nothing = `Nothing was ${which === "undo" ? "undone" : "redone"}`;
  // Nobody takes back what they have not seen: they see it now.
  if (status === CHANGED_ELSEWHERE) return `${nothing}: the dashboard was changed elsewhere`;
  if (!isAway(status)) showBanner(problem);
  say(isAway(status) ? `${nothing}: ${fault(status)}` : nothing);
  return null;
}

function say(text) {
  const node = document.getElementById("board-saved");
  if (node) node.textContent = text;
}

// Nothing is lost when the page is left before the change was saved.
window.addEventListener("pagehide", () => {
  const headers = { "Content-Type": "application/json" };
  for (const body of unsaved())
    fetch(`/api/dashboards/${board.id}`, { method: "PUT", headers, body, keepalive: true });
});

// Where that would not help, people are asked whether to stay.
window.addEventListener("beforeunload", (event) => {
  if (isStranded || new Blob(unsaved()).size > MOST_OUTLIVING) event.preventDefault();
});

// What would save it. Whether a save that is under way, or was lost on the way, is done nobody
// knows: of the two requests then, one fits.
function unsaved() {
  if (!timer && !isPutting) return [];
  const { content, revision } = board;
  const revisions = isPutting || isStranded ? [revision + 1, revision] : [revision];
  return revisions.map((each) => JSON.stringify({ content, revision: each }));
}
