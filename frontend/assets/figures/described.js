// Each drawn figure is described by words, once everything stands still: whoever moves a slider
// does not wait for them. They are read where somebody asks for the figure; nothing calls them out.

import { element } from "#basics/elements.js";
import { whenSettled } from "#figures/draw.js";
import { inWords } from "#figures/in_words.js";
import { allShown } from "#results/stages.js";

const STILL_MS = 400;

let timer = null;
let made = 0; // how many descriptions there were so far: each has an id of its own

function describe(node) {
  const text = inWords(node);
  const known = document.getElementById(node.getAttribute("aria-describedby"));
  if (known) {
    if (known.textContent !== text) known.textContent = text;
    return;
  }
  if (!text) return;
  made += 1;
  const words = element("p", { id: `in-words-${made}`, hidden: true, textContent: text });
  node.append(words);
  node.setAttribute("aria-describedby", words.id);
}

function describeAll() {
  if (document.documentElement.dataset.settled !== "yes") return;
  // What is about to be drawn anew has no data for a moment.
  const drawn = allShown("[data-figure].js-plotly-plot").filter(({ data }) => data);
  drawn.forEach(describe);
}

whenSettled(() => {
  clearTimeout(timer);
  timer = setTimeout(describeAll, STILL_MS);
});
