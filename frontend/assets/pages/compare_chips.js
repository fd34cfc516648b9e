// How the runs of a comparison are, as they go on.

import { STATUS_TITLES, stages } from "#results/stages.js";

export function showChips() {
  for (const { run } of [...stages.values()].flatMap(({ voices }) => voices)) {
    const badge = document.querySelector(`.compare-chips [data-run="${run.id}"] .badge`);
    if (!badge) continue;
    badge.dataset.status = run.status;
    badge.textContent = STATUS_TITLES[run.status];
  }
}
