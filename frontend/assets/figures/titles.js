// What figures are called where nothing stands around them, as in a file: what their data are, what
// they show, what is chosen, the place of the slider, and what their heads say on the page.

import { MISSING, read } from "#figures/draw.js";
import { wantedBy } from "#results/bindings.js";

const joined = (words) => [...new Set(words.filter(Boolean))].join(" · ");

// The title of these figures of a stage where it stands now. A figure that is alone is named with
// the numbers in its head, too.
export function titleOf(stage, title, figures) {
  const { subject } = stage.page;
  const numbers = figures.length === 1 ? numbersIn(stage, figures[0], "long_title") : [];
  return joined([
    !title.includes(subject) && subject,
    title,
    ...chosenIn(stage, figures),
    placeIn(stage, figures),
    ...numbers,
  ]);
}

// What the head of a figure says on the page, in one line.
export const headOf = (stage, figure) => joined(numbersIn(stage, figure, "title"));

export const hasHead = ({ page }, figure) => readingsOf(page, figure).length > 0;

// What was shared earlier has its readings in its heads alone.
const readingsOf = ({ figures }, figure) => figures[figure].readings ?? [];

// Those that cannot be told apart from others without a name are left out.
function numbersIn(stage, figure, called) {
  return readingsOf(stage.page, figure)
    .map((reading) => ({ ...reading, called: reading[called] || reading.title }))
    .filter(({ called: name, series }) => name || !series)
    .map((reading) => [reading.called, read(reading, stage)])
    .filter(([, text]) => text !== MISSING)
    .map((words) => words.filter(Boolean).join(" "));
}

// In words: the options that bindings of these figures stand for.
export function chosenIn({ page, choices }, figures) {
  const metas = figures.flatMap((figure) => page.figures[figure].data.map(({ meta }) => meta));
  const bound = JSON.stringify(metas);
  const only = metas.flatMap((meta) => Object.keys(meta?.only || {}));
  return Object.entries(choices)
    .filter(([name, option]) => option && (bound.includes(`{${name}}`) || only.includes(name)))
    .map(([name, option]) => page.options?.[name]?.[option] ?? option);
}

// The place that figures show: a run may have nothing at the slider's, but something before it.
function placeIn(stage, figures) {
  const places = figures.flatMap((figure) =>
    stage.page.figures[figure].data.flatMap((trace) => placesOf(trace, stage)),
  );
  return places.length ? labelOf(stage.page, Math.max(...places)) : "";
}

const labelOf = ({ places, labels }, at) => labels[places.indexOf(at)] ?? String(at);

function placesOf(trace, stage) {
  const { meta = {} } = trace;
  if (meta.table) return meta.at === undefined ? [] : [stage.at];
  if (!meta.frame || meta.at !== undefined) return [];
  if (JSON.stringify(meta.bind).includes('"at_most"')) return [stage.at];
  const from = Object.values(wantedBy(trace, stage)).flatMap((wanted) => wanted.from);
  const frames = from.filter((each) => each?.arrays);
  if (!frames.length) return [stage.at];
  return frames.filter((frame) => !standsForAll(stage, frame)).map(({ at }) => at);
}

const standsForAll = ({ fold }, frame) =>
  frame.at === 0 &&
  Object.values(fold.result.frames).some((all) => all.length === 1 && all[0] === frame);
