// What frontend/exports/ asks of a self-contained page that it opens in a browser of its own: each
// function takes what is wanted and gives a file as a data: address.

import { abreast } from "#figures/abreast.js";
import { gifOf } from "#figures/animate.js";
import { MISSING, read } from "#figures/draw.js";
import { dressed, filledFigure } from "#figures/paper.js";
import { evaluatedAt } from "#network/following.js";
import { stages } from "#results/stages.js";

// A figure of a stage, at a place of its slider or where that starts, named with what it shows of
// what can be chosen, and with what its head says on the page. `options` are the words of choosers
// for what they offer.
export async function picture({
  stage,
  figure,
  at,
  choices,
  title,
  options,
  readings,
  dark,
  ...size
}) {
  const here = stages.get(stage);
  const there = await evaluatedAt(here, at ?? here.at);
  const shown = { ...there, choices: { ...here.choices, ...choices } };
  const said = [...chosenIn(figure, shown, options), ...toldBy(readings, shown)];
  const named = [title, ...said].join(" · ");
  const filled = filledFigure(shown, figure);
  return window.Plotly.toImage(dressed(filled, named, size.width, dark), size);
}

// What numbers in a head say, of those that are known by a name.
function toldBy(readings, shown) {
  const told = readings.filter(({ title, series }) => title && series);
  return told
    .map((reading) => [reading.title, read(reading, shown)])
    .filter(([, text]) => text !== MISSING)
    .map((words) => words.join(" "));
}

// In words: the options that a figure's bindings stand for, and the place that is its cutoff.
function chosenIn(figure, { page, at, choices }, options) {
  const bound = JSON.stringify(page.figures[figure].data.map(({ meta }) => meta));
  const words = Object.entries(choices)
    .filter(([name, option]) => option && bound.includes(`{${name}}`))
    .map(([name, option]) => options[name]?.[option] ?? option);
  const place = page.labels[page.places.indexOf(at)] ?? String(at);
  return bound.includes('"at_most"') ? [...words, place] : words;
}

// Rows of figures of a stage, {figure, title}, at these places of its slider.
export async function animation({ stage, rows, size, ...wanted }) {
  const here = stages.get(stage);
  const panel = ({ figure, title }) => ({
    title,
    margin: here.page.figures[figure].layout.margin,
    filled: (at) => filledFigure({ ...here, at, live: null }, figure),
  });
  const scene = abreast(
    rows.map((row) => row.map(panel)),
    size,
  );
  return addressOf(await gifOf(here, scene, wanted));
}

function addressOf(blob) {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
