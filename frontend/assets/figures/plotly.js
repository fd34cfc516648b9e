// Plotly, which takes longer to run than all other scripts together: it is run once the page has
// nothing better to do, or at the first figure. A page without Dash names it among its scripts:
// there it is, or could not be loaded.

import { showBanner } from "#basics/banner.js";
import { load } from "#basics/load.js";

let loading = null;

const complain = () =>
  showBanner("Plotly could not be loaded: reload the page to see the figures.");

export function withPlotly(call) {
  const link = document.querySelector("link[data-plotly]");
  loading ||= link ? load(link.href) : Promise.reject();
  loading.then(call, complain);
}

export function loadPlotlyWhenIdle() {
  const whenIdle = window.requestIdleCallback || setTimeout;
  const waiting = new MutationObserver(() => {
    if (!document.querySelector("#page > *")) return;
    waiting.disconnect();
    whenIdle(() => withPlotly(() => null));
  });
  waiting.observe(document, { childList: true, subtree: true });
}
