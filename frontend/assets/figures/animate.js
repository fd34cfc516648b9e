// Figures as an animation over places of the slider: a GIF, made in the browser.

import { addActions } from "#basics/actions.js";
import { showBanner } from "#basics/banner.js";
import { saveFile } from "#basics/save_file.js";
import { abreast } from "#figures/abreast.js";
import { paletted } from "#figures/palette.js";
import { filledFigure } from "#figures/paper.js";
import { isVisible } from "#figures/toggles.js";
import { allOn, stageOf } from "#results/stages.js";

const STEP_MS = 500;
const LAST_MS = 2000;
const COLOURS = 256;
const WIDTH = 640; // of a figure that would stand alone, in pixels

// What the button of a card gives: its figures over all places, as they are chosen and toggled.
async function animate(button) {
  const said = button.querySelector("[data-says]");
  const before = said.textContent;
  const stage = stageOf(button);
  const card = button.closest(".card");
  const words = wordsOf(card, stage);
  const wanted = {
    title: words.join(" · "),
    places: stage.page.stops ?? stage.page.places,
    dark: document.documentElement.dataset.mantineColorScheme === "dark",
  };
  button.disabled = true;
  try {
    const gif = await gifOf(stage, sceneOf(card, stage), wanted, (i, all) => {
      said.textContent = `${i} of ${all}`;
      return button.isConnected; // or else the page has been left
    });
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

// What the card is called, and what is chosen there.
function wordsOf(card, stage) {
  const choosers = [
    ...allOn(stage, ".scrubber [data-chooser]"),
    ...card.querySelectorAll("[data-chooser]"),
  ];
  const chosen = choosers.map((select) => select.selectedOptions[0]?.text);
  return [card.querySelector("h3").textContent, ...chosen].filter(Boolean);
}

function sceneOf(card, stage) {
  const nodes = [...card.querySelectorAll("[data-figure]")];
  const high = Math.max(...nodes.map((node) => node.clientHeight / node.clientWidth));
  const rows = [...card.querySelectorAll(".row")].map((row) => {
    const title = row.querySelector("h4")?.textContent;
    return [...row.querySelectorAll("[data-figure]")].map((node, i) =>
      panelOf(node, stage, i ? "" : title),
    );
  });
  return abreast(rows, [WIDTH, WIDTH * Math.min(1, high)]);
}

// The first of a row is named by the row, too.
function panelOf(node, stage, row) {
  const { figure } = node.dataset;
  const filled = (at) => {
    const { data, layout } = filledFigure({ ...stage, at, live: null }, figure);
    for (const trace of data) trace.visible = isVisible(node, trace);
    return { data, layout };
  };
  const title = [row, node.getAttribute("aria-label")].filter(Boolean).join(" · ");
  return { title, margin: stage.page.figures[figure].layout.margin, filled };
}

// A scene (abreast.js) at these places of a stage's slider, each named above it, as a blob.
// `goOn` is told how far it is; null comes where it says no.
export async function gifOf(stage, scene, { title, places, dark }, goOn = () => true) {
  const gif = window.gifenc.GIFEncoder();
  const { labels, places: all } = stage.page;
  for (const [i, at] of places.entries()) {
    if (!goOn(i + 1, places.length)) return null;
    const named = scene.figure(`${labels[all.indexOf(at)]} · ${title}`, at, dark);
    addFrame(gif, await pixelsOf(named, scene), i + 1 < places.length ? STEP_MS : LAST_MS);
  }
  gif.finish();
  return new Blob([gif.bytes()], { type: "image/gif" });
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
