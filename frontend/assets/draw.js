// Draws the figures of the page: what their bindings ask for, no oftener than the screen shows it,
// and of each figure only what has changed.
(function (lab) {
  const MISSING = "–";
  // One painting takes no longer than this before the screen gets its turn.
  const BUDGET_MS = 40;
  // While events pour in, all figures are brought up to date this often at most, and drawing takes
  // no more than a fifth of the time: the worker that makes the events may share this processor.
  const PAUSE_MS = 200;
  const PAUSE_PER_WORK = 4;

  const plots = new Set(); // the figures that were created
  let shows = new WeakMap(); // trace → {TARGET: what it shows}
  let painted = new Set(); // frames that were on the screen
  let waiting = false; // for the screen
  let timer = null; // or for the next round
  let asked = 0; // how often a painting was asked for,
  let roundAsked = 0; // and how often when this round began
  let turn = 0; // the figure that comes next in this round
  let roundPlace = null; // the place that this round is for
  let work = 0; // the milliseconds that its updates have taken
  let dueAt = 0; // when the next may begin

  // What has changed on a trace, {TARGET: value}; it counts as shown from now on.
  function changesOf(trace, fold, at) {
    const changes = {};
    const before = shows.get(trace) || {};
    shows.set(trace, before);
    for (const [target, { from, value }] of Object.entries(lab.wanted(trace, fold, at))) {
      if (before[target] && from.every((item, i) => item === before[target][i])) continue;
      before[target] = from;
      for (const frame of from) if (frame?.arrays) painted.add(frame);
      const found = value();
      if (found) changes[target] = found;
    }
    return changes;
  }

  function set(trace, target, value) {
    const path = target.split(".");
    const last = path.pop();
    for (const name of path) trace = trace[name] = trace[name] || {};
    trace[last] = value;
  }

  // A figure is drawn once it is known what its axes span, so that nothing in it jumps.
  function create(node, figure, fold, at) {
    const ranges = lab.ranges(figure.layout, fold.result, at);
    if (!ranges) return;
    for (const trace of figure.data)
      for (const [target, value] of Object.entries(changesOf(trace, fold, at))) set(trace, target, value);
    for (const [axis, range] of Object.entries(ranges))
      figure.layout[`${axis}axis`].range = range;
    const mark = placeMark(figure.layout);
    if (mark) mark.x0 = mark.x1 = at;
    window.Plotly.newPlot(node, figure.data, figure.layout, figure.config);
    plots.add(node);
  }

  function update(node, fold, at) {
    const changes = node.data.map((trace) => changesOf(trace, fold, at));
    const touched = [...changes.keys()].filter((i) => Object.keys(changes[i]).length);
    const targets = [...new Set(touched.flatMap((i) => Object.keys(changes[i])))];
    const data = targets.map((target) => [target, touched.map((i) => changes[i][target])]);
    if (touched.length) window.Plotly.restyle(node, Object.fromEntries(data), touched);
    // Plotly lets the axes find their ranges anew whenever x or y is set.
    const ranges = targets.includes("x") ? lab.ranges(node.layout, fold.result, at) : {};
    const layout = Object.fromEntries(
      Object.entries(ranges).map(([axis, range]) => [`${axis}axis.range`, range]));
    if (placeMark(node.layout) && placeMark(node.layout).x0 !== at)
      for (const end of ["x0", "x1"]) layout[`shapes[${placeIndex(node.layout)}].${end}`] = at;
    if (Object.keys(layout).length) window.Plotly.relayout(node, layout);
  }

  const placeIndex = ({ shapes }) => (shapes || []).findIndex((shape) => shape.name === "place");
  const placeMark = (layout) => layout.shapes?.[placeIndex(layout)];

  function paintFigure(node, fold, at) {
    if (!node._fullLayout) return create(node, lab.page.figures[node.dataset.figure], fold, at);
    const start = performance.now();
    update(node, fold, at);
    work += performance.now() - start;
  }

  // How long the next round has to wait: not at all for a missing figure, nor when asked urgently.
  function pauseFor(nodes) {
    return isUrgent() || nodes.some((node) => !node._fullLayout) ? 0 : dueAt - performance.now();
  }

  // Somebody moved the slider, or nothing more will come.
  const isUrgent = () => lab.at !== roundPlace || lab.isOver();

  // Paint as many figures as the budget allows; true once the round is complete.
  function paintSome(nodes, fold, at) {
    const start = performance.now();
    while (turn < nodes.length && performance.now() - start < BUDGET_MS) {
      paintFigure(nodes[turn], fold, at);
      turn += 1;
    }
    return turn >= nodes.length;
  }

  function paintTexts(fold, at) {
    for (const node of document.querySelectorAll("#run [data-reading]")) {
      const { series, labels } = JSON.parse(node.dataset.reading);
      const point = lab.points(fold.result, series, labels).filter(([x]) => x <= at).at(-1);
      const text = point ? `${(100 * point[1]).toFixed(1)} %` : MISSING;
      if (node.textContent !== text) node.textContent = text;
    }
  }

  function beginRound(fold, at) {
    [roundPlace, roundAsked, work] = [at, asked, 0];
    lab.showRun();
    paintTexts(fold, at);
  }

  function endRound(fold, at) {
    lab.paintTables(fold, at);
    turn = 0;
    // New figures are empty still: what they are to show must not wait.
    dueAt = work ? performance.now() + Math.max(PAUSE_MS, PAUSE_PER_WORK * work) : 0;
  }

  function paint() {
    waiting = false;
    const { fold, at } = lab;
    if (!fold) return;
    if (!window.Plotly) return schedule();
    const nodes = [...document.querySelectorAll("#run [data-figure]")];
    const pause = turn === 0 ? pauseFor(nodes) : 0;
    if (pause > 0) return schedule(pause);
    if (turn === 0) beginRound(fold, at);
    const done = paintSome(nodes, fold, at);
    document.documentElement.dataset.painted = painted.size;
    if (!done) return schedule();
    endRound(fold, at);
    if (asked !== roundAsked) return schedule();
    document.documentElement.dataset.settled = "yes";
  }

  // Paint before the screen is next drawn, or after a pause.
  function schedule(pause = 0) {
    clearTimeout(timer);
    timer = pause > 0 ? setTimeout(schedule, pause) : null;
    if (timer || waiting) return;
    waiting = true;
    requestAnimationFrame(paint);
  }

  // Something is not as it is drawn: draw it before long. Asking twice costs nothing.
  lab.repaint = function () {
    document.documentElement.dataset.settled = "no";
    asked += 1;
    if (!timer || isUrgent()) schedule();
  };

  lab.startPainting = function () {
    [shows, painted, turn, roundPlace] = [new WeakMap(), new Set(), 0, null];
    lab.repaint();
  };

  // Plotly listens to the window for every figure until it is told to stop.
  lab.stopPainting = function () {
    for (const node of plots) window.Plotly.purge(node);
    plots.clear();
  };
})((window.prunelab = window.prunelab || {}));
