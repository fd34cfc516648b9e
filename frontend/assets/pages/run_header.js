// The header of a run: its status, how far it is, what it notes, how long it takes.

import { addActions } from "#basics/actions.js";
import { request } from "#basics/request.js";
import { paintFirst } from "#figures/draw.js";
import { about, follow, secondsLeft, words } from "#pages/time_left.js";
import { currentRun, STATUS_TITLES, stages } from "#results/stages.js";

const WAIT_MS = 15_000;

let clock = 0; // how far this computer's clock is ahead of the server's, in milliseconds

let estimated = {}; // the run that is followed, and how long it was estimated to take
let left = null; // what was said of the time that is left

export const setClock = (now) => (clock = Date.now() - Date.parse(now));

const live = (name) => document.querySelector(`#run [data-live=${name}]`);

// How long the run takes that is being followed, as was to be expected before it, and for what it waits.
export async function expectRun({ id }) {
  estimated = {};
  left = null;
  await estimate(id);
  showRun();
}

async function estimate(id) {
  const { answer } = await request("GET", `runs/${id}/estimate`);
  estimated = { id, seconds: answer?.seconds, waiting: answer?.waiting };
}

// Others may end, or be cancelled, before it.
async function waitOn() {
  const run = currentRun();
  if (run?.status !== "queued" || document.hidden || estimated.id !== run.id) return;
  await estimate(run.id);
  showRun();
}

function write(name, text) {
  const node = live(name);
  if (node && node.textContent !== text) node.textContent = text;
}

export function showRun() {
  const run = currentRun();
  const section = document.getElementById("run");
  if (!run || !section) return;
  const { fold } = stages.get("run");
  section.dataset.status = document.documentElement.dataset.runStatus = run.status;
  section.dataset.cancelling = run.cancel_requested;
  write("status", STATUS_TITLES[run.status]);
  write("error", run.error || fold.result.error || "The run failed without saying why.");
  showProgress(run, fold.result);
  showNotes(fold.result.notes);
  showTime();
}

function showProgress(run, { progress, done_by_part }) {
  const done = run.status === "done" ? 1 : progress ? progress.done / (progress.total || 1) : 0;
  const bar = live("bar");
  if (!bar) return;
  bar.setAttribute("aria-valuenow", Math.round(100 * done));
  bar.firstElementChild.style.width = `${100 * done}%`;
  write("message", messageOf(run, progress, Object.keys(done_by_part).length));
}

function messageOf(run, progress, parts) {
  const again = run.attempts > 0;
  if (run.missing) return `Waiting for a worker that can carry it out. ${run.missing}`;
  if (run.status === "queued")
    return (
      (again ? "Its worker was lost. Waiting for another…" : "Waiting for a worker…") + ahead(run)
    );
  if (run.status !== "running") return "";
  const message = (progress?.message || "Starting…") + share(progress, parts);
  return run.attempts > 1
    ? `Attempt ${run.attempts}, after its worker was lost. ${message}`
    : message;
}

function ahead({ id }) {
  const waiting = estimated.id === id ? estimated.waiting : null;
  if (!waiting?.runs) return "";
  const runs = waiting.runs === 1 ? " A run is before it" : ` ${waiting.runs} runs are before it`;
  return `${runs}${waiting.seconds === null ? "" : `, ${about(waiting.seconds)}`}.`;
}

// Of a run in parts the message is about one of them: how far the whole is, in numbers too.
function share(progress, parts) {
  return parts > 1
    ? ` · ${Math.floor((100 * progress.done) / (progress.total || 1))} % of the whole`
    : "";
}

function showNotes(notes) {
  const list = live("notes");
  if (!list || list.children.length === notes.length) return;
  list.replaceChildren(
    ...notes.map((note) => {
      const item = document.createElement("li");
      item.dataset.level = note.level;
      item.textContent = note.text;
      return item;
    }),
  );
}

function showTime() {
  const run = currentRun();
  if (!run) return;
  const start = Date.parse(run.started_at || run.created_at);
  const end = run.finished_at ? Date.parse(run.finished_at) : Date.now() - clock;
  const elapsed = Math.max(0, end - start) / 1000;
  write("elapsed", duration(elapsed, Boolean(run.finished_at)));
  write("left", leftOf(run, elapsed));
}

// Of a run that was begun again nobody knows how much of its time was lost.
function leftOf(run, elapsed) {
  const { progress } = stages.get("run").fold.result;
  const isTold = run.status === "running" && run.attempts <= 1 && estimated.id === run.id;
  if (!isTold || run.cancel_requested) return "";
  const done = progress ? progress.done / (progress.total || 1) : 0;
  const seconds = secondsLeft({ elapsed, share: done, estimate: estimated.seconds });
  left = seconds === null ? null : follow(left, Date.now() / 1000, seconds);
  return left ? words(left.said) : "";
}

// As frontend/durations.py says it.
function duration(seconds, final) {
  if (final && seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return minutes < 60
    ? `${minutes} min ${rest} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

setInterval(showTime, 1000);
setInterval(waitOn, WAIT_MS);

// The request itself goes through Dash; the page says at once that it was heard.
function cancel() {
  currentRun().cancel_requested = true;
  showRun();
}

addActions({ cancel });
paintFirst(showRun);
