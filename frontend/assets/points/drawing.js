// What somebody draws: points as [x, y, class], stroke by stroke. It stays while the tab lives, so
// that who looks elsewhere finds it again.

const REMEMBERED = 100;
// Of a brush's radius, between two dabs along a stroke.
const STEP = 0.5;

export const drawing = { points: [], before: [] };

// A point lies where it is written to: what is seen is what is kept.
const rounded = (value) => Math.round(value * 1e4) / 1e4;

function remember() {
  drawing.before.push(drawing.points);
  if (drawing.before.length > REMEMBERED) drawing.before.shift();
}

export function undo() {
  drawing.points = drawing.before.pop() ?? drawing.points;
}

export function clear() {
  if (!drawing.points.length) return;
  remember();
  drawing.points = [];
}

// A stroke from where the brush is put down; it is undone as one.
export class Stroke {
  constructor(brush, reach, most) {
    Object.assign(this, { brush, reach, most, last: null });
    remember();
    drawing.points = [...drawing.points];
  }

  // Move the brush; whether there was room for all points.
  to([x, y]) {
    const [fromX, fromY] = this.last ?? [x, y];
    const step = STEP * this.brush.size;
    const dabs = this.last ? Math.floor(Math.hypot(x - fromX, y - fromY) / step) : 1;
    if (!dabs) return true;
    for (let dab = 1; dab <= dabs; dab++)
      this.dab(fromX + ((x - fromX) * dab) / dabs, fromY + ((y - fromY) * dab) / dabs);
    this.last = [x, y];
    return drawing.points.length < this.most;
  }

  dab(x, y) {
    const { size, density, label, erases } = this.brush;
    if (erases) {
      const isFar = ([a, b]) => Math.hypot(a - x, b - y) > size;
      drawing.points = drawing.points.filter(isFar);
      return;
    }
    for (let i = 0; i < density && drawing.points.length < this.most; i++) {
      const [radius, angle] = [size * Math.sqrt(Math.random()), 2 * Math.PI * Math.random()];
      const point = [x + radius * Math.cos(angle), y + radius * Math.sin(angle)].map(rounded);
      if (point.every((value) => Math.abs(value) <= this.reach))
        drawing.points.push([...point, label]);
    }
  }
}

export const counts = (classes) => {
  const found = Array(classes).fill(0);
  for (const [, , label] of drawing.points) found[label]++;
  return found;
};

export const asCsv = () => drawing.points.map((point) => point.join(",")).join("\n");
