// Panels that are given more room: the others stand around them, and the slider stays at hand.

import { addActions } from "#basics/actions.js";
import { repaint } from "#figures/draw.js";

function enlarge(button) {
  const panel = button.closest(".panel");
  const isLarge = panel.classList.toggle("enlarged");
  button.setAttribute("aria-pressed", isLarge);
  panel.scrollIntoView({ block: "nearest" });
  const plots = [...panel.querySelectorAll(".js-plotly-plot")];
  // What is painted below a figure has to wait until that has its size.
  Promise.all(plots.map((plot) => window.Plotly.Plots.resize(plot))).then(repaint);
}

// Escape takes the room back.
document.addEventListener("keydown", ({ key, target }) => {
  const button = key === "Escape" && target.closest?.(".enlarged")?.querySelector(".enlarge");
  if (button) enlarge(button);
});

addActions({ enlarge });
