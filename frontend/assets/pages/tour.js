// The tour: five steps on the workbench, in a small card that is in nobody's way and can be left at
// any time. It is offered until it was taken or refused, or something was run in this browser.

import { addActions } from "#basics/actions.js";
import { element } from "#basics/elements.js";

const KEY = "prunelab-tour";
const STEPS = [
  {
    title: "The form",
    at: "#form",
    words:
      "Choose points, criteria and how much is to go; as it stands it makes a good first run. " +
      "A question mark says what its word means.",
  },
  {
    title: "Run",
    at: "#submit",
    words:
      "Press it whenever you like: the tour stays. A worker computes, the page follows it live, " +
      "and its address is permanent.",
  },
  {
    title: "The boundaries",
    at: "#results .panels",
    words:
      "Each panel is the plane as one network divides it: the whole network first, then one for " +
      "each criterion. Stronger colour is more confidence.",
  },
  {
    title: "The slider",
    at: "#run .scrubber",
    words:
      "It removes units, the lowest scores first, in all panels at once. Arrow keys move it, and " +
      "the button plays it through.",
  },
  {
    title: "Compare and share",
    at: "#run .run-actions",
    words:
      "Lay runs over each other, put them on a dashboard, give away a link to the page as it " +
      "stands, or take figures and numbers with you.",
  },
];
const MISSING = "It is not on this page: it comes with a run of the toy experiment.";

const card = element("aside", { className: "tour", tabIndex: -1, set: { "aria-label": "Tour" } });
const told = element("div", { set: { "aria-live": "polite" } });
const back = button("Back", () => go(step - 1));
const next = button("Next", () => go(step + 1), "primary");
const away = button("Leave the tour", leave);
card.append(told, element("div", { className: "tour-foot" }, away, back, next));

const watcher = new MutationObserver(() => {
  if (seen(STEPS[step].at) !== target) point();
});
let step = 0;
let target = null; // what the step points at
let before = null; // what had the focus

if (!remembered()) document.documentElement.dataset.tour = "offered";

addActions({ tour: start, "refuse-tour": () => remember("refused") });
document.addEventListener("click", ({ target: pressed }) => {
  if (pressed.closest?.("#submit")) remember("run");
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

function start() {
  before = document.activeElement;
  remember("taken");
  if (!document.getElementById("form")) document.querySelector("a.home").click();
  document.body.append(card);
  watcher.observe(document.body, { childList: true, subtree: true });
  go(0);
  card.focus({ preventScroll: true });
}

function leave() {
  watcher.disconnect();
  mark(null);
  card.remove();
  if (before?.isConnected) before.focus({ preventScroll: true });
}

function go(to) {
  if (to === STEPS.length) return leave();
  step = to;
  back.hidden = step === 0;
  next.textContent = step === STEPS.length - 1 ? "Done" : "Next";
  return point();
}

// Say what the step is about, beside what it is about if that is there.
function point() {
  const { title, at, words } = STEPS[step];
  mark(seen(at));
  const number = `${step + 1} of ${STEPS.length}`;
  told.replaceChildren(
    element("p", { className: "quiet", textContent: number }),
    element("h2", { textContent: title }),
    element("p", { textContent: target ? words : `${words} ${MISSING}` }),
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
  const found = document.querySelector(selector);
  return found?.getClientRects().length ? found : null;
}

function button(textContent, onclick, more = "button-link") {
  return element("button", { type: "button", className: more, textContent, onclick });
}

// A browser may be told to keep nothing.
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return "never";
  }
}

function remember(what) {
  delete document.documentElement.dataset.tour;
  try {
    localStorage.setItem(KEY, what);
  } catch {
    // Then it is offered again.
  }
}
