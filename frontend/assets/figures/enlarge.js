// Figures that are given more room. A panel of points grows where it stands, with the others around
// it; everything else opens above the page, where it was nothing moves, and the slider comes along.

import { addActions } from "#basics/actions.js";
import { element } from "#basics/elements.js";
import { paintFirst, repaint } from "#figures/draw.js";
import { stageOf } from "#results/stages.js";

let opened = null; // what stands above the page: {layers, others, button}

function resize(node) {
  const plots = [...node.querySelectorAll(".js-plotly-plot")];
  // What is painted below a figure has to wait until that has its size.
  Promise.all(plots.map((plot) => window.Plotly.Plots.resize(plot))).then(repaint);
}

function enlarge(button) {
  const panel = button.closest(".panels > .panel");
  if (panel) grow(panel, button);
  else if (opened) closeEnlarged();
  else open(button);
}

function grow(panel, button) {
  button.setAttribute("aria-pressed", panel.classList.toggle("enlarged"));
  panel.scrollIntoView({ block: "nearest" });
  resize(panel);
}

function open(button) {
  const layer = button.closest(".panel-box, .grid-panel, .chart");
  button.closest(".panel")?.classList.add("chosen");
  const slider = layer.matches("[data-follows]") ? sliderOf(layer) : null;
  const layers = slider ? [layer, slider] : [layer];
  for (const each of layers) lift(each);
  layer.style.setProperty("--foot", slider ? `${slider.offsetHeight + 10}px` : "0px");
  setAll(layer, {
    role: "dialog",
    "aria-modal": "true",
    "aria-label": button.getAttribute("aria-label"),
  });
  button.setAttribute("aria-pressed", "true");
  const others = besides(layers);
  for (const each of others) each.inert = true;
  opened = { layers, others, button };
  resize(layer);
}

// The slider of the same stage, wherever on the page it is.
const sliderOf = (layer) =>
  [...document.querySelectorAll(".scrubber")].find((each) => stageOf(each) === stageOf(layer));

// Above everything without being moved: what it belongs to, its page finds around it as before.
function lift(node) {
  const place = element("div", { className: "enlarged-place" });
  place.style.cssText = node.style.cssText;
  place.style.height = `${node.offsetHeight}px`;
  node.before(place);
  node.classList.add("above");
  node.popover = "manual";
  node.showPopover();
}

function lower(node) {
  if (node.isConnected) node.hidePopover();
  node.removeAttribute("popover");
  node.classList.remove("above");
  node.previousElementSibling?.remove();
}

// All that is not above: neither pressed nor come to with the keyboard meanwhile.
function besides(layers) {
  const kept = new Set();
  for (const layer of layers)
    for (let node = layer; node; node = node.parentElement) kept.add(node);
  const around = [...kept].filter((node) => !layers.includes(node));
  return around
    .flatMap((node) => [...node.children])
    .filter((node) => !kept.has(node) && !node.inert && !node.popover);
}

function setAll(node, values) {
  for (const [name, value] of Object.entries(values)) node.setAttribute(name, value);
}

export function closeEnlarged() {
  if (!opened) return;
  const { layers, others, button } = opened;
  opened = null;
  for (const each of others) each.inert = false;
  for (const each of layers) lower(each);
  const [layer] = layers;
  layer.style.removeProperty("--foot");
  for (const name of ["role", "aria-modal", "aria-label"]) layer.removeAttribute(name);
  layer.querySelector(".chosen")?.classList.remove("chosen");
  button.setAttribute("aria-pressed", "false");
  button.focus({ preventScroll: true });
  resize(layer);
}

// Escape takes the room back, unless it closes what was opened since.
document.addEventListener("keydown", ({ key, target }) => {
  if (key !== "Escape") return;
  if (opened && !document.querySelector(":popover-open:not(.above), dialog[open]"))
    return closeEnlarged();
  const button = target.closest?.(".enlarged")?.querySelector(".enlarge");
  if (button) enlarge(button);
});

// So does a click beside it.
document.addEventListener("click", ({ target }) => {
  if (opened && !target.closest(".above, [popover], dialog")) closeEnlarged();
});

// What somebody else has taken from the dashboard is above nothing.
paintFirst(() => opened && !opened.layers[0].isConnected && closeEnlarged());

addActions({ enlarge });
