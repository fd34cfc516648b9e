// The brush: which class it draws, how large and how dense it is, or whether it erases.

import { element } from "#basics/elements.js";
import { clear, counts, drawing, undo } from "#points/drawing.js";

export const brush = { label: 0, size: 0.15, density: 3, erases: false };

const SIZES = { name: "Size", min: 0.03, max: 0.5, step: 0.01, key: "size" };
const DENSITIES = { name: "Density", min: 1, max: 10, step: 1, key: "density" };

function slider({ name, key, ...range }) {
  const input = element("input", {
    type: "range",
    ...range,
    value: brush[key],
    oninput: () => {
      brush[key] = Number(input.value);
    },
  });
  return element("label", { className: "points-range" }, name, input);
}

function swatch(label, colour, changed) {
  const spot = element("span", { className: "points-spot" });
  spot.style.background = colour;
  const count = element("span", { className: "number quiet" });
  const choose = () => {
    Object.assign(brush, { label, erases: false });
    changed();
  };
  const words = element("span", { textContent: label });
  const set = { "aria-label": `Class ${label}` };
  return element("button", { type: "button", onclick: choose, set }, spot, words, count);
}

function button(words, onclick) {
  return element("button", {
    type: "button",
    className: "button-link",
    textContent: words,
    onclick,
  });
}

// The controls in a node; `draw` is called when what is drawn has changed. What is returned brings
// them up to date.
export function controls(node, colours, draw) {
  const change = () => {
    update();
    draw();
  };
  const swatches = colours.map((colour, label) => swatch(label, colour, change));
  const eraser = button("Eraser", () => {
    brush.erases = !brush.erases;
    change();
  });
  const back = button("Undo", () => {
    undo();
    change();
  });
  const empty = button("Clear", () => {
    clear();
    change();
  });

  function update() {
    const found = counts(colours.length);
    for (const [label, each] of swatches.entries()) {
      each.setAttribute("aria-pressed", !brush.erases && label === brush.label);
      each.lastChild.textContent = found[label] || "";
    }
    eraser.setAttribute("aria-pressed", brush.erases);
    back.disabled = !drawing.before.length;
    empty.disabled = !drawing.points.length;
  }

  const classes = element(
    "div",
    { className: "points-classes", set: { role: "group", "aria-label": "Class" } },
    ...swatches,
  );
  const actions = element("div", { className: "dataset-actions" }, eraser, back, empty);
  node.replaceChildren(classes, slider(SIZES), slider(DENSITIES), actions);
  update();
  return update;
}
