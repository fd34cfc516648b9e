// Figures as an animation over places of the slider: a GIF, made in the browser.

import { addActions } from "#basics/actions.js";
import { showBanner } from "#basics/banner.js";
import { saveFile } from "#basics/save_file.js";
import { abreast } from "#figures/abreast.js";
import { hasCome } from "#figures/draw.js";
import { paletted } from "#figures/palette.js";
import { filledFigure } from "#figures/paper.js";
import { chosenIn, hasHead, headOf, titleOf } from "#figures/titles.js";
import { isVisible } from "#figures/toggles.js";
import { stageOf } from "#results/stages.js";

const STEP_MS = 500;
const LAST_MS = 2000;
const COLOURS = 256;
const MOST_PLACES = 30; // of more, as many are shown that lie evenly among them
const WIDTH = 640; // of figures of earlier shares, which do not say how large they are, in pixels

// What the button of a card gives: its figures over all places, as they are chosen and toggled.
async function animate(button) {
  const said = button.querySelector("[data-says]");
  const before = said.textContent;
  const stage = stageOf(button);
  const card = button.closest(".card");
  const wanted = {
    title: headingOf(card),
    size: sizeOf(card, stage),
    dark: document.documentElement.dataset.mantineColorScheme === "dark",
  };
  button.disabled = true;
  try {
    const rows = rowsOf(card, stage);
    const gif = await gifOf(stage, rows, wanted, (i, all) => {
      said.textContent = `${i} of ${all}`;
      return button.isConnected; // or else the page has been left
    });
    const words = [wanted.title, ...chosenIn(stage, figuresOf(rows))];
    const name = words
      .join(" ")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-");
    if (gif) saveFile(gif, `${name}.gif`);
  } catch (error) {
    if (button.isConnected) showBanner(`The animation could not be made: ${error.message}`);
  } finally {
    said.textContent = before;
    button.disabled = false;
  }
}

// What the card is called; behind it there may be a question mark. Older shares have lower headings.
const headingOf = (card) => card.querySelector(".card-head :is(h2, h3)").firstChild.textContent;

function sizeOf(card, stage) {
  const nodes = [...card.querySelectorAll("[data-figure]")];
  const { size } = stage.page.figures[nodes[0].dataset.figure];
  const high = Math.max(...nodes.map((node) => node.clientHeight / node.clientWidth));
  return size ?? [WIDTH, WIDTH * Math.min(1, high)];
}

// The panels of a card in which there is something to see.
function rowsOf(card, stage) {
  const rows = [...card.querySelectorAll(".row")].map((row) => {
    const title = row.querySelector(":scope > :is(h3, h4)")?.textContent;
    const nodes = [...row.querySelectorAll("[data-figure]")].filter(({ dataset }) =>
      stage.page.figures[dataset.figure].data.some((trace) => hasCome(trace, stage)),
    );
    return nodes.map((node, i) => wishOf(node, i ? "" : title));
  });
  return rows.filter((row) => row.length);
}

// The first of a row says what the row is called.
const wishOf = (node, row) => ({
  figure: node.dataset.figure,
  row,
  // Older shares have it in the label alone.
  title: node.dataset.title ?? node.getAttribute("aria-label"),
  isShown: (trace) => isVisible(node, trace),
});

const figuresOf = (rows) => rows.flat().map(({ figure }) => figure);

// Rows of figures of a stage, {figure, row, title, isShown(trace)}, beside each other (abreast.js): called
// so with what is to be said of a place, at these places.
export function sceneOf(stage, rows, { title, size, places, keys }) {
  const figures = figuresOf(rows);
  const at = (place) => ({ ...stage, at: place });
  const panel = ({ figure, row, title: name, isShown }) => ({
    row,
    title: name,
    margin: stage.page.figures[figure].layout.margin,
    hasHead: figures.length > 1 && hasHead(stage, figure),
    head: (place) => headOf(at(place), figure),
    filled: (place) => shown(filledFigure(at(place), figure), isShown),
  });
  return abreast(
    rows.map((row) => row.map(panel)),
    size,
    { title: (place) => titleOf(at(place), title, figures), places, keys },
  );
}

function shown(figure, isShown) {
  if (isShown) for (const trace of figure.data) trace.visible = isShown(trace);
  return figure;
}

// The same at all places of the slider, as a blob. `goOn` is told how far it is; null comes where it
// says no.
export async function gifOf(stage, rows, { dark, ...wanted }, goOn = () => true) {
  const gif = window.gifenc.GIFEncoder();
  const places = spread(stage.page.stops ?? stage.page.places);
  const scene = sceneOf({ ...stage, live: null }, rows, { ...wanted, places });
  for (const [i, at] of places.entries()) {
    if (!goOn(i + 1, places.length)) return null;
    const pixels = await pixelsOf(scene.figure(at, dark), scene);
    addFrame(gif, pixels, i + 1 < places.length ? STEP_MS : LAST_MS);
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: "image/gif" });
}

function spread(places) {
  const length = Math.min(places.length, MOST_PLACES);
  const step = Math.max(1, (places.length - 1) / (MOST_PLACES - 1));
  return Array.from({ length }, (_, i) => places[Math.round(i * step)]);
}

async function pixelsOf(figure, { width, height }) {
  const image = new Image();
  image.src = await window.Plotly.toImage(figure, { format: "svg", width, height });
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  return pen.getImageData(0, 0, width, height);
}

function addFrame(gif, pixels, delay) {
  const { palette, indices } = paletted(pixels, COLOURS);
  gif.writeFrame(indices, pixels.width, pixels.height, { palette, delay });
}

addActions({ animate });
