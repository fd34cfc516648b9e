// Panels that are given more room: the others stand around them, and the slider stays at hand.

import { addActions } from "#basics/actions.js";
import { repaint } from "#figures/draw.js";

function enlarge(button) {
  const panel = button.closest(".panel");
  const isLarge = panel.classList.toggle("enlarged");
  button.setAttribute("aria-pressed", isLarge);
  for (const plot of panel.querySelectorAll(".js-plotly-plot")) window.Plotly.Plots.resize(plot);
  panel.scrollIntoView({ block: "nearest" });
  repaint();
}

addActions({ enlarge });
