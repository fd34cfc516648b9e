// The few colours that a GIF can hold: the colours of a picture are parted where they differ most,
// again and again, and each part is drawn in its mean.

const CHANNELS = [0, 8, 16]; // red, green and blue: where they begin in a pixel's number

const KEYS = 1 << 21;

// Colours that differ by less than anybody sees, the last bits of their numbers, have one key.
const keyOf = (pixel) =>
  ((pixel >> 1) & 0x7f) | ((pixel >> 2) & 0x3f80) | ((pixel >> 3) & 0x1fc000);

// The pixels of a canvas in as many colours at most: {palette, indices}.
export function paletted({ data }, most) {
  const pixels = new Uint32Array(data.buffer);
  const counts = new Uint32Array(KEYS);
  const firsts = []; // of each key
  for (const pixel of pixels) if (!counts[keyOf(pixel)]++) firsts.push(pixel);
  const parts = partedOf(
    firsts.map((pixel) => ({ pixel, count: counts[keyOf(pixel)] })),
    most,
  );
  const places = new Uint8Array(KEYS);
  for (const [place, { colours }] of parts.entries())
    for (const { pixel } of colours) places[keyOf(pixel)] = place;
  const indices = Uint8Array.from(pixels, (pixel) => places[keyOf(pixel)]);
  return { palette: parts.map(({ means }) => means.map(Math.round)), indices };
}

function partedOf(colours, most) {
  const parts = [partOf(colours)];
  while (parts.length < most) {
    const worst = parts.reduce((one, other) => (other.error > one.error ? other : one));
    if (worst.error <= 0) break;
    parts.splice(parts.indexOf(worst), 1, ...split(worst));
  }
  return parts;
}

const level = (pixel, channel) => (pixel >> channel) & 255;

// Colours, {pixel, count}, with their means and the channel in which they differ most.
function partOf(colours) {
  const summed = (of) => colours.reduce((sum, colour) => sum + colour.count * of(colour.pixel), 0);
  const total = summed(() => 1);
  const means = CHANNELS.map((channel) => summed((pixel) => level(pixel, channel)) / total);
  const errors = CHANNELS.map((channel, i) =>
    summed((pixel) => (level(pixel, channel) - means[i]) ** 2),
  );
  const error = Math.max(...errors);
  return { colours, means, error, worst: errors.indexOf(error) };
}

function split({ colours, means, worst }) {
  const isBelow = ({ pixel }) => level(pixel, CHANNELS[worst]) <= means[worst];
  const above = colours.filter((colour) => !isBelow(colour));
  return [colours.filter(isBelow), above].map(partOf);
}
