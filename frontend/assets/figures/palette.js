// The few colours that a GIF can hold: the colours of a picture are parted where they differ most,
// again and again, and each part is drawn in its mean.

const CHANNELS = [0, 8, 16]; // red, green and blue: where they begin in a pixel's number

// The pixels of a canvas in as many colours at most: {palette, indices}.
export function paletted({ data }, most) {
  const pixels = new Uint32Array(data.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) || 0) + 1);
  const parts = [partOf([...counts])];
  while (parts.length < most) {
    const worst = parts.reduce((one, other) => (other.error > one.error ? other : one));
    if (worst.error <= 0) break;
    parts.splice(parts.indexOf(worst), 1, ...split(worst));
  }
  const places = new Map(parts.flatMap(({ colours }, i) => colours.map(([pixel]) => [pixel, i])));
  const indices = Uint8Array.from(pixels, (pixel) => places.get(pixel));
  return { palette: parts.map(({ means }) => means.map(Math.round)), indices };
}

const level = (pixel, channel) => (pixel >> channel) & 255;

// Colours, [pixel, how often], with their means and the channel in which they differ most.
function partOf(colours) {
  const total = colours.reduce((sum, [, count]) => sum + count, 0);
  const means = CHANNELS.map(
    (channel) =>
      colours.reduce((sum, [pixel, count]) => sum + count * level(pixel, channel), 0) / total,
  );
  const errors = CHANNELS.map((channel, i) =>
    colours.reduce(
      (sum, [pixel, count]) => sum + count * (level(pixel, channel) - means[i]) ** 2,
      0,
    ),
  );
  const error = Math.max(...errors);
  return { colours, means, error, worst: errors.indexOf(error) };
}

function split({ colours, means, worst }) {
  const isBelow = ([pixel]) => level(pixel, CHANNELS[worst]) <= means[worst];
  const below = colours.filter(isBelow);
  return [below, colours.filter((colour) => !isBelow(colour))].map(partOf);
}
