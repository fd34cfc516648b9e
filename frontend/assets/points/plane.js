// The square that points lie in, on a canvas: axes, points, and the classes of a formula.

const TICKS = [-1, 0, 1];
const RADIUS = 3.2;
const CROSS = 7;

// A mark for each class, so that colours are not all that tells them apart: as in figures.
const MARKS = [
  (r) => Array.from({ length: 16 }, (_, i) => turned(r, i / 16)),
  (r) => [-1, 1, 1, -1].map((x, i) => [x * r * 0.9, (i < 2 ? -1 : 1) * r * 0.9]),
  (r) => [0, 0.25, 0.5, 0.75].map((turn) => turned(r * 1.25, turn)),
  (r) => cross(r, 0),
  (r) => cross(r, 0.125),
  (r) => [0.75, 0.75 + 1 / 3, 0.75 + 2 / 3].map((turn) => turned(r * 1.3, turn)),
];

const turned = (r, turn) => [r * Math.cos(2 * Math.PI * turn), r * Math.sin(2 * Math.PI * turn)];

// Twelve corners of a plus, turned.
function cross(r, turn) {
  const [long, thin] = [r * 1.2, r * 0.4];
  const arm = [
    [thin, thin],
    [long, thin],
    [long, -thin],
  ];
  const corners = [0, 3, 2, 1].flatMap((quarter) =>
    arm.map(([x, y]) => rotated(x, y, quarter / 4)),
  );
  return corners.map(([x, y]) => rotated(x, y, turn));
}

function rotated(x, y, turn) {
  const [cos, sin] = turned(1, turn);
  return [x * cos - y * sin, x * sin + y * cos];
}

export class Plane {
  constructor(canvas, reach, colours) {
    Object.assign(this, { canvas, reach, colours });
    this.pen = canvas.getContext("2d");
  }

  // Draw all of it: points as [x, y, class], and a grid of classes behind them.
  draw(points, grid = [], ring = null) {
    const { canvas, pen } = this;
    const { width } = canvas.getBoundingClientRect();
    if (!width) return;
    canvas.width = canvas.height = Math.round(width * devicePixelRatio);
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    this.scale = width / (2 * this.reach);
    this.drawGrid(grid, width);
    this.drawAxes(width);
    for (const [x, y, label] of points) this.mark(this.across(x), this.across(-y), label);
    if (ring) this.drawRing(ring);
  }

  across(value) {
    return (value + this.reach) * this.scale;
  }

  // Where a pointer is in the square.
  at({ clientX, clientY }) {
    const { left, top } = this.canvas.getBoundingClientRect();
    return [(clientX - left) / this.scale - this.reach, this.reach - (clientY - top) / this.scale];
  }

  mark(x, y, label) {
    const { pen } = this;
    pen.fillStyle = this.colours[label];
    pen.beginPath();
    for (const [dx, dy] of MARKS[label](RADIUS)) pen.lineTo(x + dx, y + dy);
    pen.fill();
  }

  // Rows from the bottom up; -1 where there is no class.
  drawGrid(grid, width) {
    const { pen } = this;
    const side = width / (grid.length || 1);
    pen.globalAlpha = 0.55;
    for (const [row, labels] of grid.entries())
      for (const [column, label] of labels.entries()) {
        if (label < 0) continue;
        pen.fillStyle = this.colours[label];
        const top = width - (row + 1) * side;
        pen.fillRect(Math.floor(column * side), Math.floor(top), Math.ceil(side), Math.ceil(side));
      }
    pen.globalAlpha = 1;
  }

  drawAxes(width) {
    const { pen } = this;
    const style = getComputedStyle(this.canvas);
    pen.strokeStyle = style.getPropertyValue("--rail");
    pen.fillStyle = style.color;
    pen.font = `11px ${style.fontFamily}`;
    pen.lineWidth = 1;
    for (const tick of TICKS) {
      const place = Math.round(this.across(tick)) + 0.5;
      pen.globalAlpha = tick ? 0.5 : 1;
      pen.beginPath();
      pen.moveTo(place, 0);
      pen.lineTo(place, width);
      pen.moveTo(0, place);
      pen.lineTo(width, place);
      pen.stroke();
      pen.globalAlpha = 1;
      pen.fillText(tick, place + 3, width - 5);
      if (tick) pen.fillText(-tick, 4, place - 4);
    }
    pen.fillText("x", width - 12, this.across(0) - 5);
    pen.fillText("y", this.across(0) + 5, 13);
  }

  // Where the brush is; the cursor of a keyboard has a cross in it, which no mouse shows there.
  drawRing({ x, y, size, isCursor }) {
    const { pen } = this;
    const [left, top, reach] = [this.across(x), this.across(-y), CROSS];
    pen.strokeStyle = getComputedStyle(this.canvas).color;
    pen.lineWidth = isCursor ? 2 : 1;
    pen.beginPath();
    pen.arc(left, top, size * this.scale, 0, 2 * Math.PI);
    if (isCursor)
      for (const [across, down] of [
        [reach, 0],
        [0, reach],
      ]) {
        pen.moveTo(left - across, top - down);
        pen.lineTo(left + across, top + down);
      }
    pen.stroke();
  }
}
