// A section as an animation over all places of the slider: a GIF, made in the browser.

import { addActions } from "#basics/actions.js";
import { showBanner } from "#basics/banner.js";
import { saveFile } from "#basics/save_file.js";
import { setPath } from "#figures/draw.js";
import { isVisible } from "#figures/toggles.js";
import { layoutFor } from "#results/axis_ranges.js";
import { wantedBy } from "#results/bindings.js";
import { allOn, stageOf } from "#results/stages.js";

const STEP_MS = 500;
const LAST_MS = 2000;
const COLOURS = 256;
const WIDTH = 480; // of a picture, in pixels
const HEAD = 64; // above the pictures, for what they are of
const PAD = 16;

async function animate(button) {
  const said = button.querySelector("[data-says]");
  const before = said.textContent;
  const { places } = stageOf(button).page;
  button.disabled = true;
  try {
    const gif = window.gifenc.GIFEncoder();
    const scene = sceneOf(button.closest(".card"));
    for (const [i, at] of places.entries()) {
      if (!button.isConnected) return; // the page has been left
      said.textContent = `${i + 1} of ${places.length}`;
      addFrame(gif, await drawn(scene, at), i + 1 < places.length ? STEP_MS : LAST_MS);
    }
    gif.finish();
    saveFile(new Blob([gif.bytes()], { type: "image/gif" }), `${scene.name}.gif`);
  } catch (error) {
    if (button.isConnected) showBanner(`The animation could not be made: ${error.message}`);
  } finally {
    said.textContent = before;
    button.disabled = false;
  }
}

// What all pictures of the animation share.
function sceneOf(card) {
  const style = getComputedStyle(card);
  const stage = stageOf(card);
  const chosen = [
    ...allOn(stage, ".scrubber [data-chooser]"),
    ...card.querySelectorAll("[data-chooser]"),
  ].map((select) => select.selectedOptions[0]?.text);
  const title = card.querySelector("h3").textContent;
  return {
    title: [title, ...chosen].filter(Boolean).join(" · "),
    name: [title, ...chosen]
      .filter(Boolean)
      .join(" ")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-"),
    colours: { ink: style.color, paper: style.backgroundColor },
    font: style.fontFamily,
    nodes: [...card.querySelectorAll("[data-figure]")],
    stage,
  };
}

async function drawn(scene, at) {
  const { nodes, colours, font } = scene;
  const shares = nodes.map((node) => node.clientHeight / node.clientWidth);
  const height = Math.round(WIDTH * Math.min(1, Math.max(...shares)));
  const images = await Promise.all(nodes.map((node) => picture(node, scene, at, height)));
  const width = PAD + nodes.length * (WIDTH + PAD);
  const canvas = Object.assign(document.createElement("canvas"), {
    width,
    height: HEAD + height + PAD,
  });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = colours.ink;
  pen.textBaseline = "middle";
  const write = (text, weight, x, y) => {
    pen.font = `${weight} 15px ${font}`;
    pen.fillText(text, x, y, WIDTH);
  };
  const place = scene.stage.page.labels[scene.stage.page.places.indexOf(at)];
  write(place, 700, PAD, 20);
  write(scene.title, 400, PAD + (nodes.length > 1 ? WIDTH + PAD : 170), 20);
  nodes.forEach((node, i) => {
    const x = PAD + i * (WIDTH + PAD);
    if (nodes.length > 1) write(node.getAttribute("aria-label"), 600, x, 46);
    pen.drawImage(images[i], x, HEAD, WIDTH, height);
  });
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}

// A figure at a place, whatever is on the page: in the page's colours.
async function picture(node, { stage, colours, font }, at, height) {
  const { data, layout } = structuredClone(stage.page.figures[node.dataset.figure]);
  const there = { ...stage, at };
  for (const trace of data) {
    for (const [target, { value }] of Object.entries(wantedBy(trace, there)))
      setPath(trace, target, value());
    trace.visible = isVisible(node, trace);
  }
  for (const [path, value] of Object.entries(layoutFor(layout, there) || {}))
    setPath(layout, path, value);
  const grid = colours.ink.replace("rgb(", "rgba(").replace(")", ", 0.15)");
  Object.assign(layout, {
    paper_bgcolor: colours.paper,
    font: { family: font, color: colours.ink },
  });
  for (const axis of ["xaxis", "yaxis"]) Object.assign(layout[axis], { gridcolor: grid });
  const size = { format: "png", width: WIDTH, height };
  const image = new Image();
  image.src = await window.Plotly.toImage({ data, layout }, size);
  await image.decode();
  return image;
}

function addFrame(gif, { data, width, height }, delay) {
  const palette = window.gifenc.quantize(data, COLOURS);
  gif.writeFrame(window.gifenc.applyPalette(data, palette), width, height, { palette, delay });
}

addActions({ animate });
