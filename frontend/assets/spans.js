// What the axes of a figure span, and what else of its layout follows what is chosen. What a layout
// asks for is written in frontend/views/spans.py, which does the same in Python.
(function (lab) {
  // The layout's attributes by their paths: ranges, and what is chosen; null while a range that
  // it needs is not known.
  lab.layoutWanted = function (layout, result, at) {
    const ranges = lab.ranges(layout, result, at);
    if (!ranges) return null;
    const wanted = Object.entries(ranges).map(([axis, range]) => [`${axis}axis.range`, range]);
    const dress = Object.entries(layout.meta?.by || {}).map(([chooser, options]) =>
      options[lab.choices[chooser]]);
    return Object.assign(Object.fromEntries(wanted), ...dress);
  };

  lab.ranges = function (layout, result, at) {
    const extent = layout.meta?.extent || {};
    if (typeof extent === "string") return ofFrame(lab.shown(result, extent, at));
    if (extent.image) return ofPicture(extent.image, result, at);
    const spans = Object.entries(extent).map(([axis, span]) => [axis, spanned(span, result)]);
    return spans.every(([, span]) => span) ? Object.fromEntries(spans) : null;
  };

  function ofFrame(frame) {
    const ends = (axis) => {
      const { values } = lab.decode(frame.arrays[axis]);
      return [values[0], values.at(-1)];
    };
    return frame && { x: ends("x"), y: ends("y") };
  }

  function ofPicture(name, result, at) {
    const [main, array] = lab.split(name);
    const frame = lab.shown(result, lab.chosen(main), at);
    if (!frame) return null;
    const [height, width] = lab.decode(frame.arrays[array]).shape;
    return width ? { x: [-0.5, width - 0.5], y: [height - 0.5, -0.5] } : null;
  }

  function spanned(span, result) {
    if (Array.isArray(span)) return span;
    if (span.by) return spanned(span.of[lab.choices[span.by]], result);
    if (span.hold) return holding(span, result);
    const [low, high] = span.least;
    const lowest = least([low, lowestOf(span, result)]);
    return [Math.min(low, Math.max(0, Math.floor(10 * lowest) / 10)), high];
  }

  // Spreading a long list into Math.min would be more arguments than a call takes.
  const least = (numbers) => numbers.reduce((best, n) => (n < best ? n : best), Infinity);
  const most = (numbers) => numbers.reduce((best, n) => (n > best ? n : best), -Infinity);

  function lowestOf({ series = [], frames = [], columns = [] }, result) {
    return least([
      ...series.map((name) => least(result.series[name]?.y || [])),
      ...frames.flatMap((name) => (result.frames[name] || []).map(smallest)),
      ...columns.map(([table, name]) => least(column(result, table, name))),
    ]);
  }

  const smallestOf = new WeakMap(); // frame → its smallest number

  function smallest(frame) {
    if (!smallestOf.has(frame)) {
      const values = Object.values(frame.arrays).map((array) => least(lab.decode(array).values));
      smallestOf.set(frame, least(values));
    }
    return smallestOf.get(frame);
  }

  function holding({ hold, least: always = [], room = 0, log = false }, result) {
    let numbers = [...always, ...hold.flatMap((held) => heldBy(held, result))];
    if (log) numbers = numbers.filter((number) => number > 0).map(Math.log10);
    if (!numbers.length) return null;
    const [low, high] = [least(numbers), most(numbers)];
    const extra = room * (high - low);
    return [log ? low - extra : low, high + extra];
  }

  function heldBy(held, result) {
    if (held.series) return result.series[lab.chosen(held.series)]?.y || [];
    if (held.table) return column(result, held.table, lab.chosen(held.column));
    const [name, array] = lab.split(held);
    const frame = lab.shown(result, lab.chosen(name), 0);
    return frame ? Array.from(lab.decode(frame.arrays[array]).values) : [];
  }

  function column(result, table, name) {
    const found = result.tables[table];
    const place = found ? found.columns.indexOf(name) : -1;
    if (place < 0) return [];
    return found.rows.map((row) => row[place]).filter((value) => value !== null);
  }
})((window.prunelab = window.prunelab || {}));
