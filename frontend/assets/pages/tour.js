// The tours: five steps each, on the start page and on that of a run, in a small card that is in
// nobody's way and can be left at any time. The first is offered until it was taken or refused, or
// something was run in this browser; the second on the page of a run, until it was taken or refused.

import { addActions } from "#basics/actions.js";
import { element } from "#basics/elements.js";
import { RUN, START } from "#pages/tour_steps.js";

const card = element("aside", { className: "tour", tabIndex: -1, set: { "aria-label": "Tour" } });
const told = element("div", { set: { "aria-live": "polite" } });
const back = button("Back", () => go(step - 1));
const next = button("Next", () => go(step + 1), "primary");
const away = button("Leave the tour", leave);
card.append(told, element("div", { className: "tour-foot" }, away, back, next));

const watcher = new MutationObserver(() => {
  // Who has run something on the way is shown what to do with it.
  if (tour === START && document.getElementById("run")) begin(RUN);
  else if (seen(tour.steps[step].at) !== target) point();
});
const since = {}; // what was remembered since this page was opened, by the key of a tour
let tour = START;
let step = 0;
let target = null; // what the step points at
let before = null; // what had the focus

offer();

addActions({
  tour: () => start(START),
  "run-tour": () => start(RUN),
  "refuse-tour": () => remember(START, "refused"),
  "refuse-run-tour": () => remember(RUN, "refused"),
});
document.addEventListener("click", ({ target: pressed }) => {
  if (pressed.closest?.("#submit") && !remembered(START)) remember(START, "run");
});
document.addEventListener(
  "keydown",
  (event) => {
    // What lies above the page is closed first.
    const isCovered = document.querySelector("dialog[open], [popover]:popover-open");
    if (event.key === "Escape" && card.isConnected && !isCovered) leave();
  },
  true,
);

function start(which) {
  before = document.activeElement;
  // Whoever asks for the first again is offered the second again.
  if (which === START) remember(RUN, "");
  if (which === START && !document.querySelector(".empty"))
    document.querySelector("a.home").click();
  document.body.append(card);
  watcher.observe(document.body, { childList: true, subtree: true });
  begin(which);
  // Enter goes on; what is said is announced.
  next.focus({ preventScroll: true });
}

function begin(which) {
  tour = which;
  remember(which, "taken");
  go(0);
}

function leave() {
  watcher.disconnect();
  mark(null);
  card.remove();
  if (before?.isConnected) before.focus({ preventScroll: true });
}

function go(to) {
  if (to === tour.steps.length) return leave();
  step = to;
  back.hidden = step === 0;
  next.textContent = step === tour.steps.length - 1 ? "Done" : "Next";
  return point();
}

// Say what the step is about, beside what it is about if that is there.
function point() {
  const { title, at, words, missing } = tour.steps[step];
  mark(seen(at));
  const number = `${tour.name} · ${step + 1} of ${tour.steps.length}`;
  told.replaceChildren(
    element("p", { className: "quiet", textContent: number }),
    element("h2", { textContent: title }),
    element("p", { textContent: target ? words : `${words} ${missing}` }),
  );
  target?.scrollIntoView({ block: "nearest" });
  const { top = 0, height = 0 } = target?.getBoundingClientRect() ?? {};
  card.dataset.side = top + height / 2 > innerHeight / 2 ? "top" : "bottom";
}

function mark(found) {
  target?.removeAttribute("data-toured");
  found?.setAttribute("data-toured", "");
  target = found;
}

function seen(selector) {
  const isShown = (found) => found.getClientRects().length > 0;
  return [...document.querySelectorAll(selector)].find(isShown) ?? null;
}

function button(textContent, onclick, more = "button-link") {
  return element("button", { type: "button", className: more, textContent, onclick });
}

// Which of them are offered, for the style sheet: who wants none is asked once.
function offer() {
  const { dataset } = document.documentElement;
  const first = remembered(START);
  dataset.tour = first ? "" : "offered";
  dataset.runTour = first === "refused" || remembered(RUN) ? "" : "offered";
}

// A browser may be told to keep nothing.
function remembered({ key }) {
  if (key in since) return since[key];
  try {
    return localStorage.getItem(key);
  } catch {
    return "never";
  }
}

function remember({ key }, what) {
  since[key] = what;
  offer();
  try {
    localStorage.setItem(key, what);
  } catch {
    // Then it is offered again.
  }
}
