// What a run has said so far, folded event by event: the same rules as pruning/events.py, Fold.

const NUMBERS = {
  i1: Int8Array,
  u1: Uint8Array,
  i2: Int16Array,
  u2: Uint16Array,
  i4: Int32Array,
  u4: Uint32Array,
  f4: Float32Array,
  f8: Float64Array,
};

const decoded = new WeakMap();

// An array as it came, {dtype, bdata, shape}, as numbers; decoded when first looked at. What the
// page has computed itself is numbers already.
export function decode(array) {
  if (array.values) return array;
  if (!decoded.has(array)) {
    const { buffer } = Uint8Array.from(atob(array.bdata), (letter) => letter.charCodeAt(0));
    decoded.set(array, {
      values: array.dtype === "f2" ? halves(buffer) : new NUMBERS[array.dtype](buffer),
      shape: array.shape.split(",").map(Number),
    });
  }
  return decoded.get(array);
}

// Numbers of half precision (IEEE 754), for which few browsers have a type yet.
function halves(buffer) {
  return Float32Array.from(new Uint16Array(buffer), (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const fraction = (bits & 0x3ff) / 1024;
    if (exponent === 0) return sign * fraction * 2 ** -14;
    if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction) * 2 ** (exponent - 15);
  });
}

const pointKey = (x, labels) => JSON.stringify([x, Object.entries(labels).sort()]);

export const labelsAt = (series, i) =>
  Object.fromEntries(
    Object.entries(series.labels)
      .map(([name, column]) => [name, column[i]])
      .filter(([, value]) => value !== null),
  );

export const Fold = class {
  constructor(result) {
    this.result = result;
    this.places = new Map();
    this.revision = 0;
    this.revisions = {};
    this.frames = Object.values(result.frames).reduce((sum, frames) => sum + frames.length, 0);
  }

  add(event) {
    this[event.kind](event);
    this.revision += 1;
  }

  // Of a run that is divided, each part says how far it is; the run is as far as their sum.
  progress(event) {
    const parts = this.result.done_by_part;
    parts[event.part] = event.done;
    const done = Object.values(parts).reduce((sum, part) => sum + part, 0);
    this.result.progress = { ...event, done, part: "" };
  }

  point(event) {
    this.result.series[event.series] ||= { x: [], y: [], labels: {} };
    const series = this.result.series[event.series];
    this.touch(event.series);
    const places = this.index("series", event.series, series.x, (x, i) =>
      pointKey(x, labelsAt(series, i)),
    );
    const key = pointKey(event.x, event.labels);
    if (places.has(key)) {
      series.y[places.get(key)] = event.y;
      return;
    }
    for (const name of Object.keys(event.labels))
      series.labels[name] = series.labels[name] || series.x.map(() => null);
    places.set(key, series.x.length);
    series.x.push(event.x);
    series.y.push(event.y);
    for (const [name, column] of Object.entries(series.labels))
      column.push(event.labels[name] ?? null);
  }

  frame(event) {
    this.result.frames[event.name] ||= [];
    const frames = this.result.frames[event.name];
    this.frames += 1;
    this.put("frame", event.name, frames, { at: event.at, arrays: event.arrays }, (f) => f.at);
  }

  table(event) {
    this.result.tables[event.name] ||= { columns: event.columns, rows: [] };
    const table = this.result.tables[event.name];
    this.touch(event.name);
    const key = event.key.map((name) => event.columns.indexOf(name));
    for (const row of event.rows)
      this.put("table", event.name, table.rows, row, (r) => JSON.stringify(key.map((i) => r[i])));
  }

  artifact(event) {
    this.put("artifact", "", this.result.artifacts, event, (a) => a.name);
  }

  note(event) {
    this.put("note", "", this.result.notes, event, (n) => JSON.stringify([n.level, n.text]));
  }

  end(event) {
    this.result.status = event.status;
    this.result.error = event.error;
  }

  // Replace the item with the same key, or append.
  put(kind, name, items, item, keyOf) {
    const places = this.index(kind, name, items, keyOf);
    const key = keyOf(item);
    if (places.has(key)) items[places.get(key)] = item;
    else places.set(key, items.push(item) - 1);
  }

  // Where each key is; built on first use from what the server had folded already.
  index(kind, name, items, keyOf) {
    const id = `${kind}/${name}`;
    if (!this.places.has(id))
      this.places.set(id, new Map(items.map((item, i) => [keyOf(item, i), i])));
    return this.places.get(id);
  }

  touch(name) {
    this.revisions[name] = (this.revisions[name] || 0) + 1;
  }
};
