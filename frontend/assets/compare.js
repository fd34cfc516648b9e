// What Mantine's components call in the browser.
window.dashMantineFunctions = Object.assign(window.dashMantineFunctions || {}, {
  // A list that the server has searched already.
  all: ({ options }) => options,
});

// How the runs of a comparison are, as they go on.
(function (lab) {
  const WORDS = {
    queued: "Waiting", running: "Running", done: "Done", failed: "Failed", cancelled: "Cancelled",
  };

  lab.showChips = function () {
    for (const { run } of [...lab.stages.values()].flatMap(({ voices }) => voices)) {
      const badge = document.querySelector(`.compare-chips [data-run="${run.id}"] .badge`);
      if (!badge) continue;
      badge.dataset.status = run.status;
      badge.textContent = WORDS[run.status];
    }
  };
})((window.prunelab = window.prunelab || {}));
