// What is drawn of results: a stage is a result with its figures, a place of the slider and what is
// chosen. Everything in the page says by `data-stage` on it, or around it, what stage it shows.
(function (lab) {
  lab.stages = new Map(); // by name

  lab.startOf = (page) => page.places[page.positions.indexOf(page.start)];

  // `page` is what frontend/staging.py has written of the stage.
  lab.addStage = function (name, page) {
    const stage = {
      name, page,
      fold: new lab.Fold(page.result),
      at: lab.startOf(page),
      choices: { ...page.choices },
      wished: {}, // what is to be chosen once it can be
      voices: page.voices,
      get run() {
        return this.voices[0]?.run;
      },
    };
    lab.stages.set(name, stage);
    return stage;
  };

  lab.stageOf = (node) => lab.stages.get(node.closest("[data-stage]")?.dataset.stage);

  // All nodes that show something of a stage that is there.
  lab.all = (selector) => [...document.querySelectorAll(selector)].filter(lab.stageOf);

  lab.on = (stage, selector) => lab.all(selector).filter((node) => lab.stageOf(node) === stage);

  // The run that the page is about, if it is about one, and what it has said.
  Object.defineProperty(lab, "run", { get: () => lab.stages.get("run")?.run });
  Object.defineProperty(lab, "fold", { get: () => lab.stages.get("run")?.fold });

  const FINAL = ["done", "failed", "cancelled"];

  lab.isOver = (run) => FINAL.includes(run.status);

  // Whether nothing more will come.
  lab.isAllOver = () =>
    [...lab.stages.values()].every(({ voices }) => voices.every(({ run }) => lab.isOver(run)));
})((window.prunelab = window.prunelab || {}));
