// The panel of an operating point: what a network of a sweep is, and what can be done with it. It
// stands above the page, so that nothing moves, and stays while other points are pressed.

import { element } from "#basics/elements.js";
import { chooseOption } from "#figures/choosers.js";
import { whenPressed } from "#figures/pressing.js";
import { actionsOf } from "#pages/operating_point_actions.js";
import { FORMATS } from "#results/formats.js";

const MEASURES = [
  ["test_accuracy", "Accuracy", "percent"],
  ["test_loss", "Loss", "number"],
  ["nonzero_parameters", "Parameters left", "integer"],
  ["bytes", "Size", "bytes"],
  ["compression", "Compression", "times"],
  ["speedup_theoretical", "Speed-up, theoretical", "times"],
  ["speedup_measured", "Speed-up, measured", "times"],
];

let panel = null;

const marker = () => document.querySelector("[data-operating-points]");

const records = ({ columns, rows } = { columns: [], rows: [] }) =>
  rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));

// Whether two values of the same sparsity, which may be written in other ways, are equal.
const isAt = (one, other) => Math.abs(one - other) < 1e-9;

whenPressed(({ stage, place, of, from }) => {
  const told = marker() && JSON.parse(marker().dataset.operatingPoints);
  // Where one layer alone was pruned there is no network of the sweep.
  const isNetwork =
    of && !("layer" in of) && `${of.criterion}/${of.granularity}` in (told?.arms ?? {});
  if (!isNetwork || told.run !== stage.run?.id) return;
  // What the page shows of one curve at a time is shown of this one.
  chooseOption(stage, "arm", `${of.criterion}/${of.granularity}`);
  show(stage, { ...of, sparsity: place }, told, from);
});

function show(stage, point, told, from) {
  const of = records(stage.fold.result.tables.accuracy).filter(
    ({ criterion, granularity }) =>
      criterion === point.criterion && granularity === point.granularity,
  );
  const here = of.filter((row) => isAt(row.sparsity_asked, point.sparsity));
  if (!here.length) return;
  const seeds = here.map(({ seed }) => seed);
  const first = seeds.includes(point.seed) ? point.seed : seeds[0];
  panel?.close();
  panel = element("dialog", {
    className: "dialog operating-point",
    set: { "aria-labelledby": "operating-point-title" },
  });
  const body = element("div", { className: "operating-point-body" });
  const choose = (chosen) => {
    const row = here.find((each) => each.seed === chosen);
    const dense = of.find((each) => each.seed === chosen && !each.sparsity_asked);
    const layers = chosen === seeds[0] ? layersOf(stage, point) : [];
    body.replaceChildren(
      measures(row, dense, here),
      ...layers,
      ...actionsOf({ ...point, seed: chosen, sparsity: row.sparsity_asked }, told),
    );
  };
  panel.append(head(stage, point, told), chooserOf(seeds, first, choose), body);
  choose(first);
  panel.onclose = ({ target }) => {
    target.remove();
    from?.focus({ preventScroll: true });
  };
  document.body.append(panel);
  panel.show();
}

document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && panel?.contains(document.activeElement)) panel.close();
});

function head(stage, point, told) {
  const arm = told.arms[`${point.criterion}/${point.granularity}`];
  const place = stage.page.labels[stage.page.places.indexOf(point.sparsity)];
  const button = element("button", {
    type: "button",
    className: "button-link",
    textContent: "Close",
    onclick: () => panel.close(),
  });
  const title = element("h2", {
    id: "operating-point-title",
    tabIndex: -1,
    textContent: `${arm} · ${place}`,
    set: { autofocus: "" },
  });
  return element("div", { className: "operating-point-head" }, title, button);
}

function chooserOf(seeds, chosen, choose) {
  const options = seeds.map((seed) => element("option", { value: seed, textContent: seed }));
  const select = element("select", { className: "chooser" }, ...options);
  select.value = chosen;
  select.onchange = () => choose(Number(select.value));
  return element("label", { className: "quiet chooser-label" }, "Seed", select);
}

function tableOf(titles, rows) {
  const cells = (tag, texts) => texts.map((textContent) => element(tag, { textContent }));
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...cells("th", titles))),
    element("tbody", {}, ...rows.map((texts) => element("tr", {}, ...cells("td", texts)))),
  );
}

const written = (value, format) =>
  value === null || value === undefined ? "–" : FORMATS[format](value);

// With several seeds the figures show means, so those stand beside what this one has.
function measures(row, dense, here) {
  const isOne = here.length === 1;
  const rows = MEASURES.map(([name, title, format]) => [
    title,
    written(dense?.[name], format),
    written(row[name], format),
    ...(isOne ? [] : [written(mean(here.map((each) => each[name])), format)]),
  ]);
  return tableOf(["", "Dense", "This", ...(isOne ? [] : [`Mean of ${here.length} seeds`])], rows);
}

function mean(values) {
  const isKnown = values.every((value) => typeof value === "number");
  return isKnown ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

// The sweep tells them of its first seed; the run that makes the network tells them of any.
function layersOf(stage, { criterion, granularity, sparsity }) {
  const found = records(stage.fold.result.tables.layers).filter(
    (row) =>
      row.criterion === criterion &&
      row.granularity === granularity &&
      isAt(row.sparsity, sparsity),
  );
  if (!found.length) return [];
  const what = granularity === "unit" ? "Units" : "Weights";
  const rows = found.map(({ layer, total, kept }) => [
    layer,
    FORMATS.integer(total),
    FORMATS.integer(kept),
  ]);
  const table = tableOf(["Layer", `${what} before`, "after"], rows);
  return [
    element("details", {}, element("summary", { textContent: "Layers before and after" }), table),
  ];
}
