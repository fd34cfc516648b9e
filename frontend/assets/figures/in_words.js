// Figures in words, for people who hear a page: what their traces show, made of these alone.

import { FORMATS } from "#results/formats.js";
import { MISSING } from "#results/sources.js";

// More than these nobody listens to; the tables have them all.
const MOST_NAMED = 12;
const CHARTED = ["scatter", "bar", "box"];

// What a figure shows, in sentences; nothing while it shows nothing.
export function inWords({ data, layout }) {
  const shown = data.filter((trace) => (trace.visible ?? true) === true);
  const told = [
    ...shown.map(ofRegion),
    charted(shown, layout),
    ...shown.map((trace) => ofCells(trace, layout)),
    pictured(shown, layout),
    ...shown.map(ofPoints),
  ];
  return told.filter(Boolean).join(" ");
}

const share = (part, whole) => FORMATS.percent(part / whole);

// The letters of a text that Plotly takes for HTML.
function plain(text) {
  const letters = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
  return String(text ?? "")
    .replace(/<br>/g, ", ")
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt);/g, (name) => letters[name]);
}

// "one; two", and how many more there are.
function listed(parts, what) {
  const more = parts.length - MOST_NAMED;
  const named = parts.slice(0, MOST_NAMED);
  return [...named, ...(more > 0 ? [`and ${more} more ${what}`] : [])].join("; ");
}

function countsOf(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]);
}

// ---- Decision boundaries: grid points with their classes, and points with theirs

const isRegion = ({ type, meta }) => type === "heatmap" && meta?.bind?.z?.class !== undefined;

function ofRegion(trace) {
  if (!isRegion(trace) || !trace.customdata?.length) return "";
  const classes = trace.customdata.flatMap((row) => Array.from(row));
  const parts = countsOf(classes).map(
    ([name, count]) => `class ${plain(name)} takes ${share(count, classes.length)}`,
  );
  return `Of the plane, ${listed(parts, "classes")}.`;
}

const isPoints = ({ meta }) => "marker.symbol" in (meta?.bind ?? {});

function ofPoints(trace) {
  if (!isPoints(trace) || !trace.customdata?.length) return "";
  const points = trace.customdata;
  const parts = countsOf(points.map(([name]) => name)).map(
    ([name, count]) => `${count} of class ${plain(name)}`,
  );
  const known = points.filter(([, taken]) => taken !== MISSING);
  const wrong = known.filter(([own, taken]) => own !== taken).length;
  const missed = known.length ? `; ${wrong || "none"} of them taken for another class` : "";
  return `Points drawn: ${listed(parts, "classes")}${missed}.`;
}

// ---- Curves and bars

const isCharted = (trace) =>
  CHARTED.includes(trace.type) &&
  trace.hoverinfo !== "skip" &&
  trace.mode !== "text" &&
  !isPoints(trace) &&
  trace.y?.length > 0;

function charted(traces, layout) {
  const curves = traces.filter(isCharted);
  const parts = curves.map((trace) => ofCurve(trace, layout)).filter(Boolean);
  if (!parts.length) return "";
  const [x, y] = [layout.xaxis, layout.yaxis].map((axis) => plain(axis?.title?.text));
  const axes = x && y ? `${y} against ${x}` : x ? `Against ${x}` : y;
  return `${axes ? `${sentence(axes)}: ` : ""}${listed(parts, "curves")}.`;
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1);

// From where to where a curve goes, and how far up and down between; of names, what each has.
function ofCurve(trace, { xaxis, yaxis }) {
  const points = Array.from(trace.y, (y, i) => ({ x: trace.x?.[i] ?? i, y }));
  const known = points.filter(({ y }) => Number.isFinite(y));
  if (!known.length) return "";
  const named = trace.name ? `${plain(trace.name)} ` : "";
  const at = ({ x, y }) => `${number(y, yaxis)} at ${number(x, xaxis)}`;
  if (typeof known[0].x === "string") return named + listed(known.map(at), "values");
  const [first, last] = [known[0], known.at(-1)];
  if (known.length === 1) return `${named}is ${at(first)}`;
  const ends = [first.y, last.y];
  if (known.every(({ y }) => y === first.y)) return `${named}stays at ${number(first.y, yaxis)}`;
  const least = known.reduce((best, each) => (each.y < best.y ? each : best));
  const most = known.reduce((best, each) => (each.y > best.y ? each : best));
  const way = last.y < first.y ? "falls" : last.y > first.y ? "rises" : "goes";
  // What is written like an end is not told again.
  const isOwn = ({ y }) => !ends.some((end) => number(end, yaxis) === number(y, yaxis));
  const between = [
    least.y < Math.min(...ends) && isOwn(least) && `the least ${at(least)}`,
    most.y > Math.max(...ends) && isOwn(most) && `the most ${at(most)}`,
  ].filter(Boolean);
  const told = `${named}${way} from ${at(first)} to ${at(last)}`;
  return [told, ...between].join(", ");
}

// As the axis writes it, with a digit more of shares.
function number(value, axis = {}) {
  if (typeof value === "string") return plain(value);
  const format = axis.hoverformat ?? axis.tickformat ?? "";
  if (format.endsWith("%")) return FORMATS.percent(value);
  if (format.endsWith("s")) return FORMATS.bytes(value);
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}

// ---- Matrices of numbers, and pictures

function ofCells(trace, { xaxis, yaxis }) {
  if (trace.type !== "heatmap" || isRegion(trace) || !trace.z?.length) return "";
  const cells = Array.from(trace.z).flatMap((row, i) =>
    Array.from(row, (z, j) => ({ z, x: trace.x?.[j] ?? j, y: trace.y?.[i] ?? i })),
  );
  const known = cells.filter(({ z }) => Number.isFinite(z));
  if (!known.length) return "";
  if (known.every(({ z }) => z === 0 || z === 1))
    return `Marked: ${share(known.filter(({ z }) => z).length, cells.length)} of it.`;
  const size = `${trace.z.length} rows by ${trace.z[0].length} columns of numbers`;
  const least = known.reduce((best, cell) => (cell.z < best.z ? cell : best));
  const most = known.reduce((best, cell) => (cell.z > best.z ? cell : best));
  const axes = [yaxis, xaxis].map((axis) => plain(axis?.title?.text));
  // Only names say where a cell is: places on a grid are none.
  const where = (cell) => {
    const names = [cell.y, cell.x];
    if (!names.every((name) => typeof name === "string")) return "";
    return ` (${names.map((name, i) => `${axes[i]} ${plain(name)}`.trim()).join(", ")})`;
  };
  const isShare = /%\{z:[^}]*%\}/.test(trace.hovertemplate);
  const told = (cell) => `${isShare ? FORMATS.percent(cell.z) : number(cell.z)}${where(cell)}`;
  return `${size}, from ${told(least)} to ${told(most)}.`;
}

function pictured(traces, { xaxis, yaxis }) {
  const pictures = traces.filter(({ type, source }) => type === "image" && source);
  if (!pictures.length) return "";
  const words = traces
    .filter(({ mode, text }) => mode === "text" && Array.isArray(text))
    .flatMap(({ text }) => text.map(plain))
    .filter(Boolean);
  if (words.length) return `Pictures with these words: ${listed(words, "pictures")}.`;
  const [width, height] = [xaxis, yaxis].map(({ range: [from, to] }) => Math.abs(to - from));
  return `A picture of ${width} by ${height} pixels.`;
}
