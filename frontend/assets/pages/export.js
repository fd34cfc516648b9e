// What frontend/exports/ asks of a self-contained page that it opens in a browser of its own: each
// function takes what is wanted and gives a file as a data: address.

import { gifOf, sceneOf } from "#figures/animate.js";
import { dressed, filledFigure } from "#figures/paper.js";
import { titleOf } from "#figures/titles.js";
import { evaluatedAt } from "#network/following.js";
import { stages } from "#results/stages.js";

// A figure of a stage, at a place of its slider or where that starts, named with what it shows of
// what can be chosen, and with what its head says on the page.
export async function picture({ stage, figure, at, choices, title, dark, ...size }) {
  const shown = await shownAt(stage, at, choices);
  const named = titleOf(shown, title, [figure]);
  const filled = filledFigure(shown, figure);
  return window.Plotly.toImage(dressed(filled, named, size.width, dark), size);
}

// Rows of figures of a stage, {figure, row, title}, in one picture with a legend of these keys.
export async function panels({ stage, rows, at, choices, title, keys, size, dark, ...format }) {
  const shown = await shownAt(stage, at, choices);
  const wanted = { title, size, keys, places: [shown.at] };
  const { width, height, figure } = sceneOf(shown, rows, wanted);
  return window.Plotly.toImage(figure(shown.at, dark), { width, height, ...format });
}

async function shownAt(name, at, choices) {
  const stage = stages.get(name);
  const there = await evaluatedAt(stage, at ?? stage.at);
  return { ...there, choices: { ...stage.choices, ...choices } };
}

// Rows of figures of a stage, {figure, row, title}, over the places of its slider.
export async function animation({ stage, rows, choices, ...wanted }) {
  const here = stages.get(stage);
  const shown = { ...here, choices: { ...here.choices, ...choices } };
  return addressOf(await gifOf(shown, rows, wanted));
}

function addressOf(blob) {
  const reader = new FileReader();
  return new Promise((resolve, reject) => {
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
