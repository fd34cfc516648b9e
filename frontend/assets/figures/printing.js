// A page that is printed: every figure of it is drawn, in daylight and as wide as the paper; a page
// in the window draws those that are in sight.

import { addActions } from "#basics/actions.js";
import { drawAll } from "#figures/draw.js";
import { allShown, stages } from "#results/stages.js";

const root = document.documentElement;
let screen = null; // what the page had before it was laid out for paper

function fitFigures() {
  for (const node of allShown(".js-plotly-plot"))
    window.Plotly.relayout(node, { width: null, height: null, autosize: true });
}

function toPaper() {
  if (screen || !window.Plotly) return;
  screen = { scheme: root.dataset.mantineColorScheme };
  root.dataset.mantineColorScheme = "light";
  root.dataset.printing = "yes";
  drawAll();
  fitFigures();
}

function toScreen() {
  if (!screen) return;
  root.dataset.mantineColorScheme = screen.scheme;
  delete root.dataset.printing;
  screen = null;
  fitFigures();
}

const imagesIn = (node) => [...node.querySelectorAll("image")].map(({ href }) => href.baseVal);

function loaded(source) {
  const image = new Image();
  image.src = source;
  return image.decode();
}

// What is drawn for paper alone has images that the browser has not seen yet.
export async function print() {
  toPaper();
  const sources = allShown(".js-plotly-plot").flatMap(imagesIn).filter(Boolean);
  await Promise.allSettled(sources.map(loaded));
  window.print();
}

// The browser's own key, once there is something to wait for.
addEventListener("keydown", (event) => {
  if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || !stages.size) return;
  event.preventDefault();
  print();
});
addActions({ print });
addEventListener("beforeprint", toPaper);
addEventListener("afterprint", toScreen);
