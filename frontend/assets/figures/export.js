// What frontend/exports/ asks of a self-contained page that it opens in a browser of its own: each
// function takes what is wanted and gives a file as a data: address.

import { abreast } from "#figures/abreast.js";
import { gifOf } from "#figures/animate.js";
import { dressed, filledFigure } from "#figures/paper.js";
import { stages } from "#results/stages.js";

// A figure of a stage, at a place of its slider or where that starts.
export function picture({ stage, figure, at, title, dark, format, width, height, scale }) {
  const here = stages.get(stage);
  const filled = filledFigure({ ...here, at: at ?? here.at }, figure);
  const size = { format, width, height, scale };
  return window.Plotly.toImage(dressed(filled, title, width, dark), size);
}

// Rows of figures of a stage, {figure, title}, at these places of its slider.
export async function animation({ stage, rows, size, ...wanted }) {
  const here = stages.get(stage);
  const panel = ({ figure, title }) => ({
    title,
    margin: here.page.figures[figure].layout.margin,
    filled: (at) => filledFigure({ ...here, at }, figure),
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
