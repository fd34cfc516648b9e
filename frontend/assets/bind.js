// What a figure's bindings ask for, out of the result and at a place of the slider. What a binding
// means is written in frontend/views/binding.py, which does the same in Python.
(function (lab) {
  const MISSING = "–";

  // What a frame's name shows at a place: the frame with the greatest `at` that is not above it;
  // where it has to be exact, only the one at that place, or else at 0.
  lab.shown = function (result, name, at, exact = false) {
    let best = null;
    for (const frame of result.frames[name] || []) {
      const fits = exact ? frame.at === at || frame.at === 0 : frame.at <= at;
      if (fits && (!best || frame.at > best.at)) best = frame;
    }
    return best;
  };

  // The points of a series that carry these labels, by x.
  lab.points = function (result, name, labels = {}) {
    const series = result.series[name] || { x: [], y: [], labels: {} };
    return series.x
      .map((x, i) => [x, series.y[i], i])
      .filter(([, , i]) =>
        Object.entries(labels).every(([key, value]) => series.labels[key]?.[i] === value))
      .sort((a, b) => a[0] - b[0]);
  };

  // The ranges of the axes that a layout asks for; null while the frame that gives them has not
  // come.
  lab.ranges = function (layout, result, at) {
    const extent = layout.meta?.extent || {};
    if (typeof extent !== "string")
      return Object.fromEntries(
        Object.entries(extent).map(([axis, span]) => [axis, spanned(span, result)]));
    const frame = lab.shown(result, extent, at);
    if (!frame) return null;
    const ends = (values) => [values[0], values.at(-1)];
    return Object.fromEntries(
      ["x", "y"].map((axis) => [axis, ends(lab.decode(frame.arrays[axis]).values)]));
  };

  function spanned(span, result) {
    if (Array.isArray(span)) return span;
    const [low, high] = span.least;
    let lowest = low;
    for (const name of span.series || [])
      for (const y of result.series[name]?.y || []) lowest = Math.min(lowest, y);
    for (const name of span.frames || [])
      for (const frame of result.frames[name] || []) lowest = Math.min(lowest, smallest(frame));
    return [Math.min(low, Math.max(0, Math.floor(10 * lowest) / 10)), high];
  }

  const smallestOf = new WeakMap(); // frame → its smallest number

  function smallest(frame) {
    if (!smallestOf.has(frame)) {
      const values = Object.values(frame.arrays).flatMap((array) => [...lab.decode(array).values]);
      smallestOf.set(frame, Math.min(...values));
    }
    return smallestOf.get(frame);
  }

  // What a trace shows, {TARGET: {from, value}}: `from` tells whether it is what it was.
  lab.wanted = function (trace, fold, at) {
    if (trace.meta?.frame) return frameWanted(trace.meta, fold.result, at);
    return trace.meta?.series ? seriesWanted(trace.meta, fold) : {};
  };

  function frameWanted({ frame, bind, most, exact }, result, at) {
    const scene = { main: frame, find: (name) => lab.shown(result, chosen(name), at, exact) };
    const wanted = {};
    for (const [target, source] of Object.entries(bind)) {
      const all = names(source);
      const from = [...all.map((name) => scene.find(split(name, frame)[0])), chosen(all.join())];
      const value = () => {
        const found = evaluate(source, scene);
        return found && forPlotly(target, found, most);
      };
      wanted[target] = { from, value };
    }
    return wanted;
  }

  // A name with what is chosen on the page put in.
  const chosen = (name) => name.replace(/\{(\w+)\}/g, (_, chooser) => lab.choices[chooser]);

  function seriesWanted({ series, labels, across }, fold) {
    const from = [fold, fold.revisions[series] || 0];
    const column = (i) => () => {
      const points = lab.points(fold.result, series, labels);
      if (!across) return points.map((point) => point[i]);
      return points.length ? across.map((x) => [x, points.at(-1)[1]][i]) : [];
    };
    return { x: { from, value: column(0) }, y: { from, value: column(1) } };
  }

  function split(source, main) {
    const colon = source.lastIndexOf(":");
    return colon < 0 ? [main, source] : [source.slice(0, colon), source.slice(colon + 1)];
  }

  function names(source) {
    if (typeof source === "string") return [source];
    return Array.isArray(source) ? source.flatMap(names) : Object.keys(source);
  }

  function evaluate(source, scene) {
    if (typeof source === "string") return array(source, scene);
    if (Array.isArray(source)) return columns(source.map((part) => evaluate(part, scene)));
    const parts = Object.entries(source).map(([name, factor]) => [array(name, scene), factor]);
    if (parts.some(([part]) => !part)) return null;
    const sum = new Float32Array(parts[0][0].values.length);
    for (const [part, factor] of parts)
      for (let i = 0; i < sum.length; i += 1) sum[i] += factor * part.values[i];
    return { values: sum, shape: parts[0][0].shape };
  }

  function array(source, { main, find }) {
    const [frame, name] = split(source, main);
    const found = find(frame)?.arrays[chosen(name)];
    return found ? lab.decode(found) : null;
  }

  function columns(parts) {
    const first = parts.find((part) => part);
    if (!first) return null;
    const row = (_, i) => parts.map((part) => (part ? part.values[i] : MISSING));
    const rows = Array.from(first.values, row);
    return { values: rows, shape: [rows.length] };
  }

  // As Plotly takes it. It looks hover texts up in plain lists only; numbers may stay as they are.
  function forPlotly(target, { values, shape }, most) {
    if (shape.length === 1) {
      const step = most ? Math.ceil(values.length / most) : 1;
      return Array.from(values).filter((_, i) => i % step === 0);
    }
    const rows = [];
    for (let i = 0; i < values.length; i += shape[1]) {
      const row = values.subarray(i, i + shape[1]);
      rows.push(target === "z" ? row : Array.from(row));
    }
    return rows;
  }
})((window.prunelab = window.prunelab || {}));
