// Follows runs: starts from what the server rendered, then takes every event from a WebSocket.

import { showBanner } from "#basics/banner.js";
import { request } from "#basics/request.js";
import { chooseAgain, chosenEarly } from "#figures/choosers.js";
import { repaint, startPainting, stopPainting } from "#figures/draw.js";
import { closeEnlarged } from "#figures/enlarge.js";
import { pause, setTracks } from "#figures/slider.js";
import { forgetPlace, readPlace } from "#pages/address.js";
import { showChips } from "#pages/compare_chips.js";
import { forgetForm } from "#pages/form.js";
import { expectRun, setClock, showRun } from "#pages/run_header.js";
import { addStage, currentRun, isOver, stages } from "#results/stages.js";
// What else there is on a page with stages.
import "#basics/copy.js";
import "#figures/animate.js";
import "#figures/described.js";
import "#figures/downloads.js";
import "#figures/printing.js";
import "#figures/pressing.js";
import "#figures/tables.js";
import { stopFollowing } from "#network/following.js";
import "#network/again.js";
import { paintDiagrams } from "#network/diagram.js";
import { paintHandBars } from "#network/hand_bar.js";
import { paintKeeping } from "#network/keeping.js";
import "#network/kept_masks.js";
import { putPanels, takePanels } from "#network/kept_panels.js";

const BEGINNING = "0";
const SESSION_ENDED = 4401;
const FULL = 1013;
const MOST_SECONDS = 10;

let lines = []; // the connections to runs that are followed
let retries = []; // and what waits to connect again
let early = null; // a connection to a run whose page is still being rendered
let opened = 0; // how many pages were opened so far

export const visits = () => opened;

// The server has answered: a run was started. Its events can come while its page is rendered.
export function heard(response) {
  const [, id] = /^\/runs\/(\w+)$/.exec(response?.url?.pathname) || [];
  if (!id) return;
  forgetForm();
  early?.hangUp();
  early = listen(id, BEGINNING);
}

// A page with stages was rendered; `sheet` is what frontend/staging.py has written of it.
export function openSheet(sheet) {
  const panels = takePanels();
  leaveSheet(panels.map(({ node }) => node));
  setClock(sheet.now);
  document.title = sheet.title;
  if (sheet.body) document.getElementById("drawn").innerHTML = sheet.body;
  startPainting();
  putPanels(panels, sheet.stages.run);
  addStages(sheet.stages);
  if (currentRun()) openRun(stages.get("run").voices[0]);
}

// More stages on the page that is open; of those that are there already, nothing changes.
export function addStages(pages) {
  const names = Object.keys(pages).filter((name) => !stages.has(name));
  const fresh = names.map((name) => addStage(name, pages[name]));
  for (const stage of fresh) for (const voice of stage.voices) join(stage, voice);
  countFrames();
  const chosen = chosenEarly(fresh);
  readPlace();
  chooseAgain(chosen);
  setTracks();
  // At once: what is below it is to stay where it is.
  for (const paint of [paintDiagrams, paintHandBars, paintKeeping]) paint();
  showRun();
  repaint();
}

function openRun(voice) {
  // The button was disabled while the server answered, and lost the focus by that.
  const isNew = voice.after === BEGINNING && document.activeElement === document.body;
  if (isNew) document.getElementById("submit")?.focus({ preventScroll: true });
  if (goesOn(voice)) expectRun(voice.run);
  // Whoever had scrolled down the run before is to see how this one begins.
  const run = document.getElementById("run");
  if (isNew && run?.getBoundingClientRect().top < 0) run.scrollIntoView();
}

function join(stage, voice) {
  if (voice.is_light) fetchFrames(stage, voice);
  if (goesOn(voice)) follow(stage, voice, 0);
}

// A share or a file of a run that was going on tells nothing new.
const goesOn = ({ is_frozen: isFrozen, run }) => !isFrozen && !isOver(run);

// The page is left: nothing may draw on the next one, but for figures that it goes on with.
export function leaveSheet(kept) {
  opened += 1;
  closeEnlarged();
  retries.forEach(clearTimeout);
  for (const line of lines) line.hangUp();
  lines = retries = [];
  pause();
  forgetPlace();
  stages.clear();
  stopFollowing();
  stopPainting(kept);
  showBanner(null);
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  delete document.documentElement.dataset.runStatus;
}

// A connection that keeps what it hears until somebody takes it.
function listen(id, after) {
  const host = location.origin.replace(/^http/, "ws");
  const socket = new WebSocket(`${host}/api/runs/${id}/stream?after=${after}`);
  const kept = [];
  const made = { id, after, take: (call) => kept.push(call) };
  socket.onmessage = (message) => made.take(["message", message]);
  socket.onclose = (closing) => made.take(["close", closing]);
  made.hangUp = () => {
    made.take = () => null;
    socket.close();
  };
  made.answer = (calls) => {
    made.take = ([kind, event]) => calls[kind](event);
    kept.forEach(made.take);
  };
  return made;
}

function follow(stage, voice, failures) {
  const isEarly = early?.id === voice.run.id && early.after === voice.after;
  if (!isEarly) early?.hangUp();
  const line = isEarly ? early : listen(voice.run.id, voice.after);
  lines = [...lines, line];
  early = null;
  line.answer({
    message(message) {
      if (failures) showBanner(null);
      failures = 0;
      take(stage, voice, JSON.parse(message.data));
    },
    close(closing) {
      // 4000 and above: the server knows nothing of this run, and trying again won't help.
      const isFinal =
        closing.code === 1000 || (closing.code >= 4000 && closing.code !== SESSION_ENDED);
      if (isFinal) return;
      showBanner(
        closing.code === FULL
          ? "So many pages follow runs that the server lets in no more. Trying again…"
          : "The connection to the server is lost. Trying again…",
      );
      // Browsers aren't told why a connection is refused: where the session has ended, this
      // question leads to the login (access.js).
      fetch(`/api/runs/${voice.run.id}`).catch(() => null);
      const seconds = Math.min(MOST_SECONDS, 0.5 * 2 ** failures);
      const again = setTimeout(() => follow(stage, voice, failures + 1), 1000 * seconds);
      retries = [...retries, again];
    },
  });
}

function take(stage, voice, message) {
  if (message.kind === "events") {
    for (const { id, event } of message.events) {
      hear(stage, voice, event);
      voice.after = id;
    }
    countFrames();
    repaint();
  } else if (message.kind === "run") {
    voice.run = message.run;
    // Whatever was wrong on the way does not matter to a run that is over.
    if (isOver(voice.run)) showBanner(null);
    showRun();
    showChips();
    repaint();
  } else {
    showBanner(message.ok ? null : message.message);
  }
}

// Where several runs speak, each has names of its own; how far each is, is not said there.
const PREFIXED = { point: "series", frame: "name", table: "name" };

function hear(stage, { prefix }, event) {
  const key = PREFIXED[event.kind];
  if (!prefix) stage.fold.add(event);
  else if (key) stage.fold.add({ ...event, [key]: prefix + event[key] });
}

// Frames are the heavy part of a result: of many runs they come after the page.
async function fetchFrames(stage, voice) {
  const page = opened;
  if (voice.frames && !voice.frames.length) {
    voice.hasFrames = true;
    return;
  }
  const names = voice.frames ? `?names=${encodeURIComponent(voice.frames.join())}` : "";
  const { answer, problem } = await request("GET", `runs/${voice.run.id}/frames${names}`);
  if (page !== opened) return;
  if (problem)
    return showBanner(
      `The pictures of a run could not be loaded. ${problem} Reload the page to try again.`,
    );
  for (const [name, all] of Object.entries(answer))
    for (const { at, arrays } of all) hear(stage, voice, { kind: "frame", name, at, arrays });
  voice.hasFrames = true;
  countFrames();
  repaint();
}

function countFrames() {
  const counts = [...stages.values()].map(({ fold }) => fold.frames);
  document.documentElement.dataset.frames = counts.reduce((sum, count) => sum + count, 0);
}
