// What a word means: a panel beside the question mark that asks for it. Browsers open and close it
// by themselves (popover): Escape and a press elsewhere close it, and the focus goes back.

import { element } from "#basics/elements.js";
import { request } from "#basics/request.js";

const MARGIN = 8;
const WIDEST = 400;
const ROOM = 320; // so much is enough below

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
    button.popoverTargetElement = panel;
    place(button);
    fill(button.dataset.explains);
  },
  true,
);

// The next press, on whatever question mark, is to open it again.
panel.addEventListener("toggle", ({ newState }) => {
  if (newState === "open") return;
  for (const button of document.querySelectorAll("[data-explains]"))
    button.popoverTargetElement = null;
});

// Below the button, or above it where there is more room; within the window in any case.
function place(button) {
  const { left, top, bottom } = button.getBoundingClientRect();
  const { clientWidth: wide, clientHeight: high } = document.documentElement;
  const width = Math.min(WIDEST, wide - 2 * MARGIN);
  const below = high - bottom - 2 * MARGIN;
  const above = top - 2 * MARGIN;
  const isBelow = below >= Math.min(ROOM, above);
  Object.assign(panel.style, {
    width: `${width}px`,
    left: `${Math.max(MARGIN, Math.min(left - 2 * MARGIN, wide - width - MARGIN))}px`,
    top: isBelow ? `${bottom + MARGIN}px` : "auto",
    bottom: isBelow ? "auto" : `${high - top + MARGIN}px`,
    maxHeight: `${Math.max(isBelow ? below : above, 0)}px`,
  });
}

async function fill(name) {
  panel.dataset.of = name;
  const kept = document.querySelector(`template[data-explanation="${CSS.escape(name)}"]`);
  if (kept) return panel.replaceChildren(kept.content.cloneNode(true));
  panel.replaceChildren(element("p", { textContent: "…" }));
  const { answer, problem } = await request("GET", `glossary/${name}`);
  if (panel.dataset.of !== name) return null;
  if (problem) return panel.replaceChildren(element("p", { textContent: problem }));
  panel.innerHTML = answer.html;
  return panel.append(ways(answer));
}

// Where to go from here; there is nowhere to go from a page by itself.
function ways({ name, see }) {
  const link = (href, textContent) => element("a", { href, textContent });
  const links = [link(`/glossary#${name}`, "In the glossary")];
  if (see) links.unshift(link(see, "See it work"));
  return element("p", { className: "explanation-foot" }, ...links);
}
