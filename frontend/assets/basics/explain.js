// What a word means: a panel beside the question mark that asks for it. Browsers open and close it
// by themselves (popover): Escape and a press elsewhere close it, and the focus goes back.

import { element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { reachIfWide } from "#basics/sideways.js";

const MARGIN = 8;
const WIDEST = 400;
const NARROW = 600;
const ROOM = 460; // so much is enough below

const panel = element("div", {
  className: "explanation",
  popover: "auto",
  tabIndex: -1,
  set: { role: "dialog", "aria-label": "Explanation", autofocus: "" },
});

// Before the press does what it does: then it opens the panel, or closes it.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("[data-explains]");
    if (!button || button.popoverTargetElement === panel) return;
    if (!panel.isConnected) document.body.append(panel);
    panel.hidePopover();
    release();
    button.popoverTargetElement = panel;
    button.setAttribute("aria-expanded", "true");
    place(button);
    fill(button.dataset.explains);
  },
  true,
);

// The next press, on whatever question mark, is to open it again.
panel.addEventListener("toggle", ({ newState }) => newState === "closed" && release());

function release() {
  for (const button of document.querySelectorAll("[data-explains][aria-expanded]")) {
    button.popoverTargetElement = null;
    button.removeAttribute("aria-expanded");
  }
}

// Below the button, or above it where there is more room; at the bottom of a narrow window.
function place(button) {
  const { left, top, bottom } = button.getBoundingClientRect();
  // Without the gutter that is kept free for a scrollbar.
  const wide = document.body.clientWidth;
  const high = document.documentElement.clientHeight;
  if (wide < NARROW) return setStyle(MARGIN, wide - 2 * MARGIN, null, MARGIN, 0.8 * high);
  const width = Math.min(WIDEST, wide - 2 * MARGIN);
  const below = high - bottom - 2 * MARGIN;
  const above = top - 2 * MARGIN;
  const isBelow = below >= Math.min(ROOM, above);
  const start = Math.max(MARGIN, Math.min(left - 2 * MARGIN, wide - width - MARGIN));
  if (isBelow) return setStyle(start, width, bottom + MARGIN, null, below);
  return setStyle(start, width, null, high - top + MARGIN, above);
}

function setStyle(left, width, top, bottom, maxHeight) {
  for (const [name, value] of Object.entries({ left, width, top, bottom, maxHeight }))
    panel.style[name] = value === null ? "auto" : `${Math.max(value, 0)}px`;
}

async function fill(name) {
  panel.dataset.of = name;
  const kept = document.querySelector(`template[data-explanation="${CSS.escape(name)}"]`);
  if (kept) return show(kept.content.cloneNode(true));
  panel.replaceChildren(element("p", { textContent: "…" }));
  const { answer, problem } = await request("GET", `glossary/${name}`);
  if (panel.dataset.of !== name) return null;
  if (problem) return panel.replaceChildren(element("p", { textContent: problem }));
  const told = document.createElement("template");
  told.innerHTML = answer.html;
  return show(told.content, ways(answer));
}

function show(...parts) {
  panel.replaceChildren(...parts);
  panel.querySelectorAll(".explained-formula").forEach(reachIfWide);
}

// Where to go from here; there is nowhere to go from a page by itself.
function ways({ name, see }) {
  const link = (href, textContent) => element("a", { href, textContent });
  const links = [link(`/glossary#${name}`, "In the glossary")];
  if (see) links.unshift(link(see, "See it work"));
  return element("p", { className: "explanation-foot" }, ...links);
}
