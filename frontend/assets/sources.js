// What a binding's SOURCE gives, out of the arrays or columns that it names: as written in
// frontend/figures/binding.py.
(function (lab) {
  const MISSING = "–";

  // All names of arrays or columns in a source.
  lab.namesIn = function (source) {
    if (typeof source === "string") return [source];
    if (Array.isArray(source)) return source.flatMap(lab.namesIn);
    const kind = kindOf(source);
    return kind ? KINDS[kind].names(source) : Object.keys(source);
  };

  // What can be made of arrays: the names that a source has of them, and what makes it of these.
  const KINDS = {
    png: { names: ({ png, of }) => (of ? [png, of] : [png]), make: picture },
    share: { names: ({ share }) => [share], make: (_, counts) => shares(counts) },
    blank: { names: ({ blank }) => [blank], make: (_, { values, shape }) =>
      ({ values: Array.from(values, (count) => count || ""), shape }) },
    // A flat array is one row.
    rows: { names: ({ rows }) => [rows], make: (_, { values, shape }) =>
      ({ values, shape: [1, 1, ...shape].slice(-Math.max(2, shape.length)) }) },
    named: { names: ({ named }) => named, make: ({ words }, ...parts) => texts(words, parts) },
    tiles: { names: (source) => [source.tiles, source.of], make: places },
    differs: { names: ({ differs }) => differs, make: difference },
  };

  const kindOf = (source) => Object.keys(KINDS).find((kind) => kind in source);

  // What a source stands for, {values, shape} or a text; null while something of it has not come.
  // `find` gives {values, shape} of a name, or null.
  lab.evaluate = function (source, find) {
    if (typeof source === "string") return find(source);
    if (Array.isArray(source)) return columns(source.map((part) => lab.evaluate(part, find)));
    const parts = lab.namesIn(source).map(find);
    if (parts.some((part) => !part)) return null;
    const kind = kindOf(source);
    return kind ? KINDS[kind].make(source, ...parts) : sum(parts, Object.values(source));
  };

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
      parts.map(({ values }) => words[values[i]]).join(" → "));
    return { values: said, shape: [said.length] };
  }

  // Where the tiles of a picture stand: the middle of each along x, its lower edge along y.
  function places({ abreast, axis }, image, { values, shape }) {
    const rows = Math.max(1, Math.ceil(values.length / abreast));
    const [height, width] = [image.shape[0] / rows, image.shape[1] / abreast];
    const place = (_, i) =>
      axis === "x" ? ((i % abreast) + 0.5) * width - 0.5 : (Math.floor(i / abreast) + 1) * height - 0.5;
    return { values: Array.from(values, place), shape };
  }

  // 1 where two arrays differ and 0 elsewhere, or in words how much of them does.
  function difference({ said }, one, other) {
    if (String(one.shape) !== String(other.shape)) return null;
    const differs = Float64Array.from(one.values, (value, i) => (value === other.values[i] ? 0 : 1));
    if (said === undefined) return { values: differs, shape: one.shape };
    const count = differs.reduce((sum, each) => sum + each, 0);
    const tenths = Math.round((1000 * count) / Math.max(1, differs.length));
    return { values: [`${(tenths / 10).toFixed(1)} % ${said}`], shape: [1] };
  }

  function shares({ values, shape }) {
    const found = new Float64Array(values.length);
    for (let i = 0; i < values.length; i += shape[1]) {
      const row = values.subarray(i, i + shape[1]);
      const total = Math.max(row.reduce((all, count) => all + count, 0), 1);
      row.forEach((count, k) => (found[i + k] = count / total));
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
})((window.prunelab = window.prunelab || {}));
