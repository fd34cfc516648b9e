// What is chosen, and choosers whose options only a run can tell: filled from a column of one of
// its tables.

import { paintFirst } from "#figures/draw.js";
import { allOn, allShown, moved, stageOf } from "#results/stages.js";

const seen = new WeakMap(); // chooser → what was last chosen there, as far as this module knows

// Choose what is wished, {CHOOSER: OPTION}, as far as there is such an option, or once there is
// one; what nothing is said of is as it is at the beginning.
export function choose(stage, wished) {
  stage.wished = wished;
  for (const [name, first] of Object.entries(stage.page.choices)) {
    const selects = allOn(stage, `[data-chooser="${CSS.escape(name)}"]`);
    const isThere = selects.some((select) => has(select, wished[name]));
    set(stage, name, isThere ? wished[name] : first);
  }
}

// What people have chosen on the page before its stages were there, to be chosen again.
export const chosenEarly = (all) =>
  all.flatMap((stage) =>
    allOn(stage, "[data-chooser]")
      .filter((select) => select.value && select.value !== (seen.get(select) ?? firstOf(select)))
      .map(({ value, dataset }) => ({ stage, name: dataset.chooser, value })),
  );

// Choose that, whatever the address says.
export function chooseAgain(chosen) {
  for (const { stage, name, value } of chosen) set(stage, name, value);
  if (chosen.length) moved();
}

// Choose one option, where a chooser of that name has it.
export function chooseOption(stage, name, value) {
  const selects = allOn(stage, `[data-chooser="${CSS.escape(name)}"]`);
  if (stage.choices[name] === value || !selects.some((select) => has(select, value))) return;
  set(stage, name, value);
  moved();
}

const firstOf = (select) => select.options[0].value;

const has = (select, value) => [...select.options].some((option) => option.value === value);

function set(stage, name, value) {
  stage.choices[name] = value;
  for (const select of allOn(stage, `[data-chooser="${CSS.escape(name)}"]`)) {
    select.value = value;
    seen.set(select, select.value);
  }
}

// Something else is to be looked at: figures and tables follow.
document.addEventListener("change", ({ target }) => {
  const stage = target.matches("[data-chooser]") && stageOf(target);
  if (!stage) return;
  delete stage.wished[target.dataset.chooser];
  set(stage, target.dataset.chooser, target.value);
  moved();
});

function paintChoosers() {
  for (const select of allShown("[data-source]")) {
    const stage = stageOf(select);
    const [table, column] = JSON.parse(select.dataset.source);
    const options = valuesOf(stage.fold.result.tables[table], column);
    if (options.length !== select.options.length) fill(select, options, stage);
  }
}

function valuesOf(table, column) {
  const place = table?.columns.indexOf(column);
  return [...new Set(table?.rows.map((row) => row[place]))];
}

// What was chosen stays chosen, or what was wished; else, of the first that come, the first is.
function fill(select, options, stage) {
  const name = select.dataset.chooser;
  const kept = [stage.wished[name], select.value].find((value) => options.includes(value));
  select.replaceChildren(...options.map((value) => new Option(value, value)));
  if (kept) select.value = kept;
  seen.set(select, select.value);
  select.disabled = false;
  stage.page.choices[name] ||= options[0];
  stage.choices[name] = select.value;
}

paintFirst(paintChoosers);
