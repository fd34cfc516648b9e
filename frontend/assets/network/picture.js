// The picture of a unit: what it hands on over the plane. What it gives more than nothing is in one
// colour, less than nothing in another; the stronger, the more of it.

const MORE = [59, 91, 219];
const LESS = [217, 95, 2];

// The values in rows, the lowest first, onto a canvas of as many pixels.
export function drawUnit(canvas, values, side) {
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(side, side);
  const most = values.reduce((all, value) => Math.max(all, Math.abs(value)), 0) || 1;
  values.forEach((value, p) => {
    const row = side - 1 - Math.floor(p / side);
    const start = 4 * (row * side + (p % side));
    image.data.set(value >= 0 ? MORE : LESS, start);
    image.data[start + 3] = 255 * Math.sqrt(Math.abs(value) / most);
  });
  pen.putImageData(image, 0, 0);
}
