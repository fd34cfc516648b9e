// Buttons that take a group of a figure's traces away and bring it back.

import { addActions } from "#basics/actions.js";
import { allOn, moved, stageOf } from "#results/stages.js";

// Whether what a trace is only for is chosen.
export const isChosen = (trace, { choices }) =>
  Object.entries(trace.meta?.only || {}).every(([chooser, option]) => choices[chooser] === option);

// Whether a trace of a figure is shown: no group of it is toggled off, and it is chosen.
export function isVisible(plot, trace) {
  if (!isChosen(trace, stageOf(plot))) return false;
  const card = plot.closest(".card");
  const isOff = (group) =>
    card?.querySelector(`[data-group="${CSS.escape(group)}"][aria-pressed=false]`);
  return !(trace.legendgroup || "").split(" ").some((group) => group && isOff(group));
}

// The groups of a stage that are toggled off.
export const hiddenGroups = (stage) => [
  ...new Set(allOn(stage, "[data-group][aria-pressed=false]").map(({ dataset }) => dataset.group)),
];

// Toggle these groups off, and all others on.
export function hideGroups(stage, groups) {
  for (const button of allOn(stage, "[data-group]"))
    if ((button.getAttribute("aria-pressed") === "false") !== groups.includes(button.dataset.group))
      toggle(button);
}

function toggle(button) {
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  for (const plot of button.closest(".card").querySelectorAll("[data-figure]")) {
    const visible = (plot.data || []).map((trace) => isVisible(plot, trace));
    const changed = [...visible.keys()].filter(
      (i) => visible[i] !== (plot.data[i].visible ?? true),
    );
    const values = changed.map((i) => visible[i]);
    if (changed.length) window.Plotly.restyle(plot, { visible: values }, changed);
  }
}

addActions({
  toggle(button) {
    toggle(button);
    moved();
  },
});
