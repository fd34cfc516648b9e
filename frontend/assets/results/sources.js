// What a binding's SOURCE gives, out of the arrays or columns that it names: as written in
// frontend/figures/binding.py.

export const MISSING = "–";

// All names of arrays or columns in a source.
export function namesIn(source) {
  if (typeof source === "string") return [source];
  if (Array.isArray(source)) return source.flatMap(namesIn);
  const kind = kindOf(source);
  return kind ? KINDS[kind].names(source) : Object.keys(source);
}

// What can be made of arrays: the names that a source has of them, and what makes it of these.
const KINDS = {
  png: { names: ({ png, of }) => (of ? [png, of] : [png]), make: picture },
  share: { names: ({ share }) => [share], make: (_, counts) => shares(counts) },
  blank: {
    names: ({ blank }) => [blank],
    make: (_, { values, shape }) => ({ values: Array.from(values, (count) => count || ""), shape }),
  },
  // A flat array is one row.
  rows: {
    names: ({ rows }) => [rows],
    make: (_, { values, shape }) => ({
      values,
      shape: [1, 1, ...shape].slice(-Math.max(2, shape.length)),
    }),
  },
  named: { names: ({ named }) => named, make: ({ words }, ...parts) => texts(words, parts) },
  tiles: { names: (source) => [source.tiles, source.of], make: places },
  differs: { names: ({ differs }) => differs, make: difference },
  lighter: { names: ({ lighter }) => lighter, make: lightness },
  at_most: {
    names: ({ at_most, weights, of }) => [at_most, weights, of].filter((name) => name),
    make: upTo,
  },
  correlates: { names: ({ correlates }) => correlates, make: correlation },
  unless: {
    names: ({ unless }) => unless,
    make: (_, { values, shape }, other) => ({
      values: values.map((value, i) => (Number.isNaN(other.values[i]) ? value : NaN)),
      shape,
    }),
  },
};

// Whether a source depends on where the slider is, besides on the frames that are shown there.
export const followsSlider = (source) => kindOf(source) === "at_most";

const kindOf = (source) =>
  typeof source === "string" ? undefined : Object.keys(KINDS).find((kind) => kind in source);

// What a source stands for, {values, shape} or a text; null while something of it has not come.
// `find` gives {values, shape} of a name, or null; `at` is the slider's place.
export function evaluate(source, find, at) {
  if (typeof source === "string") return find(source);
  if (Array.isArray(source)) return columns(source.map((part) => evaluate(part, find, at)));
  const parts = namesIn(source).map(find);
  if (parts.some((part) => !part)) return null;
  const kind = kindOf(source);
  return kind ? KINDS[kind].make({ ...source, at }, ...parts) : sum(parts, Object.values(source));
}

function sum(parts, factors) {
  const total = new Float64Array(parts[0].values.length);
  parts.forEach(({ values }, k) => {
    for (let i = 0; i < total.length; i += 1) total[i] += factors[k] * (values[i] ?? NaN);
  });
  return { values: total, shape: parts[0].shape };
}

function columns(parts) {
  const first = parts.find((part) => part);
  if (!first) return null;
  const row = (_, i) => parts.map((part) => (part ? part.values[i] : MISSING));
  const rows = Array.from(first.values, row);
  return { values: rows, shape: [rows.length] };
}

function texts(words, parts) {
  const said = Array.from(parts[0].values, (_, i) =>
    parts.map(({ values }) => words[values[i]]).join(" → "),
  );
  return { values: said, shape: parts[0].shape };
}

// Where the tiles of a picture stand: the middle of each along x, its lower edge along y.
function places({ abreast, axis }, image, { values, shape }) {
  const rows = Math.max(1, Math.ceil(values.length / abreast));
  const [height, width] = [image.shape[0] / rows, image.shape[1] / abreast];
  const place = (_, i) =>
    axis === "x"
      ? ((i % abreast) + 0.5) * width - 0.5
      : (Math.floor(i / abreast) + 1) * height - 0.5;
  return { values: Array.from(values, place), shape };
}

// 1 where two arrays differ and 0 elsewhere, or in words how much of them does.
function difference({ said }, one, other) {
  if (String(one.shape) !== String(other.shape)) return null;
  const differs = Float64Array.from(one.values, (value, i) => (value === other.values[i] ? 0 : 1));
  if (said === undefined) return { values: differs, shape: one.shape };
  return shareInWords(differs, said);
}

function shareInWords(parts, said) {
  const total = parts.reduce((all, each) => all + each, 0);
  const tenths = Math.round((1000 * total) / Math.max(1, parts.length));
  return { values: [`${(tenths / 10).toFixed(1)} % ${said}`], shape: [1] };
}

// How much lighter each pixel of a picture is than another's, or in words how much of it is.
function lightness({ said }, one, other) {
  const [height, width] = one.shape;
  if (height !== other.shape[0] || width !== other.shape[1]) return null;
  const channels = Math.max(one.shape[2] ?? 1, other.shape[2] ?? 1);
  const [mine, theirs] = [one, other].map((each) => spreadOver(channels, each));
  const by = Float64Array.from(mine, (value, i) => (value - theirs[i]) / 255);
  const more = by.map((each) => Math.max(0, each));
  if (said !== undefined) return shareInWords(more, said);
  const values = new Float64Array(height * width);
  by.forEach((each, i) => {
    values[Math.floor(i / channels)] += each / channels;
  });
  return { values, shape: [height, width] };
}

// 1 for what is at most as great as the slider's place, nothing elsewhere; or in words which share
// that is, of the values or of what they weigh, and of all of them or of a greater whole.
function upTo({ at, weights, of, said }, { values, shape }, ...more) {
  // In single precision a value of 0.1 is a little more than 0.1; the place has to be so as well.
  const most = values instanceof Float32Array ? Math.fround(at) : at;
  const isIn = (value) => value <= most;
  if (said === undefined)
    return { values: Float64Array.from(values, (v) => (isIn(v) ? 1 : NaN)), shape };
  const weight = weights ? more.shift().values : new Float64Array(values.length).fill(1);
  const sumOf = (counted) => weight.reduce((all, w, i) => (counted(values[i]) ? all + w : all), 0);
  const whole = of ? more[0].values[0] : sumOf(() => true);
  const share = (100 * sumOf(isIn)) / Math.max(1, whole);
  return { values: [`${share.toFixed(1)} % ${said}`.trim()], shape: [1] };
}

// How far two arrays go along with each other, in words; nothing where one of them stays the same.
function correlation({ said }, one, other) {
  // Not by the scale: the mean of equal values may be another in its last digit.
  if (![one, other].every(({ values }) => values.some((v) => v !== values[0]))) return null;
  const mean = ({ values }) => values.reduce((all, v) => all + v, 0) / values.length;
  const [first, second] = [one, other].map((part) => {
    const middle = mean(part);
    return Float64Array.from(part.values, (v) => v - middle);
  });
  const product = (a, b) => a.reduce((all, v, i) => all + v * b[i], 0);
  const scale = Math.sqrt(product(first, first) * product(second, second));
  return { values: [`${said} ${(product(first, second) / scale).toFixed(2)}`], shape: [1] };
}

// The values of a picture in so many channels; a grey one has the same in all.
function spreadOver(channels, { values, shape: [height, width, own = 1] }) {
  if (own === channels) return values;
  const length = height * width * channels;
  return Float64Array.from({ length }, (_, i) => values[Math.floor(i / channels)]);
}

function shares({ values, shape }) {
  const found = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += shape[1]) {
    const row = values.subarray(i, i + shape[1]);
    const total = row.reduce((all, count) => all + count, 0);
    for (let k = 0; k < row.length; k += 1) found[i + k] = row[k] / Math.max(total, 1);
  }
  return { values: found, shape };
}

// As a file of its own in the address, which Plotly hands to the browser whole. What is behind
// the last of its tiles is clear.
function picture({ abreast }, { values, shape: [height, width, channels = 1] }, tiles) {
  if (!values.length) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(width, height);
  for (let i = 0; i < width * height; i += 1) {
    for (let k = 0; k < 3; k += 1)
      pixels.data[4 * i + k] = values[channels * i + Math.min(k, channels - 1)];
    pixels.data[4 * i + 3] = 255;
  }
  pen.putImageData(pixels, 0, 0);
  const [count, rest] = tiles ? [tiles.values.length, tiles.values.length % abreast] : [0, 0];
  const top = (height * Math.floor(count / abreast)) / Math.ceil(count / abreast);
  if (rest) pen.clearRect(Math.floor((width * rest) / abreast), Math.floor(top), width, height);
  return canvas.toDataURL("image/png");
}
