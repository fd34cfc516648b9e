// The dialog that puts figures on a dashboard: which runs, which part of them, and, on the page of
// a run, on which dashboard.

import { addActions } from "#basics/actions.js";
import { element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { freePlace, newId } from "#pages/panels.js";

const WAIT_MS = 250;
const MOST_RUNS = 20;
const COLOURED_BY = { variant: "criterion or kind", dataset: "dataset", run: "run" };

// On a dashboard: choose runs, then a part. What is chosen becomes a panel of it.
export const choosePart = (addPanel) =>
  open({
    runs: [],
    put: (panels) =>
      panels.reduce((before, panel) => before.then(() => addPanel(panel)), Promise.resolve()),
  });

// On the page of a run or a comparison: choose a part, and the dashboard.
function pin({ dataset: { runs, by } }) {
  open({ runs: runs.split(","), by, isFixed: true });
}

addActions({ pin });

function open(options) {
  const dialog = build(options);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

function build({ runs, by = "variant", isFixed = false, put }) {
  const state = { runs: [...runs], by };
  const heading = isFixed ? "Add to a dashboard" : "Add a figure";
  const dialog = element("dialog", { className: "dialog choose", set: { "aria-label": heading } });
  const form = element("form", { method: "dialog" });
  const parts = element("div", { className: "choose-parts" });
  const problem = element("p", { className: "choose-problem", set: { role: "alert" } });
  const add = element("button", {
    type: "submit",
    value: "add",
    textContent: "Add",
    disabled: true,
    className: "primary",
  });
  const cancel = element("button", {
    type: "button",
    textContent: "Cancel",
    className: "button-link",
  });
  cancel.addEventListener("click", () => dialog.close());
  const where = isFixed ? boardChoice(problem) : null;
  form.append(
    element("h2", { textContent: heading }),
    ...(isFixed ? [labelled("Dashboard", where)] : [runChoice(state, () => showParts())]),
    parts,
    problem,
    element("div", { className: "dialog-foot" }, cancel, add),
  );
  dialog.append(form);

  let turns = 0; // how often the parts were asked for: only the last answer is looked at

  async function showParts() {
    turns += 1;
    const turn = turns;
    parts.replaceChildren();
    problem.textContent = "";
    add.disabled = true;
    if (!state.runs.length) return;
    const query = new URLSearchParams({ runs: state.runs.join(), by: state.by });
    const { answer, problem: wrong } = await request("GET", `parts?${query}`);
    if (turn !== turns) return;
    if (wrong) problem.textContent = wrong;
    else parts.append(element("h3", { textContent: "What of it" }), ...answer.map(partChoice));
  }

  parts.addEventListener("change", () => (add.disabled = !parts.querySelector(":checked")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const panels = [...parts.querySelectorAll(":checked")].map(({ value, dataset }) => {
      const [part, figure] = JSON.parse(value);
      const [width, height] = JSON.parse(dataset.size);
      return { runs: state.runs, by: state.by, part, figure, width, height };
    });
    add.disabled = true;
    try {
      await (isFixed ? putOn(where, panels) : put(panels));
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      add.disabled = false;
    }
  });
  showParts();
  return dialog;
}

// How much room it gets at first, in columns and rows of the dashboard.
function sizeOf(part, figures) {
  if (part === "diagram") return [12, 16];
  if (part === "trainagain") return [12, 9];
  // Three abreast, each about as high as it is wide.
  if (figures.length > 3) return [12, Math.min(18, 6 * Math.ceil(figures.length / 3))];
  if (figures.length > 1) return [12, 7];
  return part.startsWith("table-") ? [12, 6] : [8, 6];
}

// All of a part, or one figure of several.
function partChoice({ part, title, figures }) {
  const names = Object.entries(figures);
  const whole = option(title, [part, ""], sizeOf(part, names));
  if (names.length < 2) return whole;
  const each = names.map(([name, words]) => option(words, [part, name], [4, 6]));
  const list = element(
    "details",
    {},
    element("summary", { textContent: `One of its ${names.length} figures` }),
    ...each,
  );
  return element("div", { className: "choose-part" }, whole, list);
}

function option(title, value, size) {
  const box = element("input", { type: "checkbox", value: JSON.stringify(value) });
  box.dataset.size = JSON.stringify(size);
  return element(
    "label",
    { className: "choose-option" },
    box,
    element("span", { textContent: title }),
  );
}

// Runs to choose from, the newest first, found by words.
function runChoice(state, changed) {
  const list = element("div", { className: "choose-runs" });
  const search = element("input", {
    type: "search",
    placeholder: "Search runs",
    set: { "aria-label": "Search runs" },
  });
  const by = element(
    "select",
    {},
    ...Object.entries(COLOURED_BY).map(([name, words]) => new Option(words, name)),
  );
  const coloured = labelled("Several runs over each other, coloured by", by);
  let timer = null;
  let turns = 0; // how often runs were asked for: only the last answer is looked at

  async function look() {
    turns += 1;
    const turn = turns;
    const query = new URLSearchParams({ limit: 30, search: search.value });
    const { answer: found, problem } = await request("GET", `runs?${query}`);
    if (turn !== turns) return;
    if (problem) return list.replaceChildren(problem);
    const none = element("p", {
      className: "quiet",
      textContent: "No run fits. Start one on the workbench.",
    });
    list.replaceChildren(...(found.length ? found.map(line) : [none]));
  }

  function line(run) {
    const box = element("input", {
      type: "checkbox",
      value: run.id,
      checked: state.runs.includes(run.id),
    });
    const words = [
      run.title || run.experiment_title,
      run.dataset,
      run.criteria.join(", "),
      run.main_result,
    ];
    const when = new Date(run.created_at).toLocaleString("en-GB", {
      dateStyle: "medium",
      timeStyle: "short",
    });
    const text = [...words.filter(Boolean), when].join(" · ");
    return element(
      "label",
      { className: "choose-option" },
      box,
      element("span", { textContent: text }),
    );
  }

  list.addEventListener("change", ({ target }) => {
    state.runs = state.runs.filter((id) => id !== target.value);
    if (target.checked && state.runs.length < MOST_RUNS) state.runs.push(target.value);
    coloured.hidden = state.runs.length < 2;
    changed();
  });
  by.addEventListener("change", () => {
    state.by = by.value;
    changed();
  });
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  // Enter in the search is no answer to the dialog.
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  coloured.hidden = true;
  look();
  return element(
    "div",
    {},
    element("h3", { textContent: "Of which runs" }),
    search,
    list,
    coloured,
  );
}

function boardChoice(problem) {
  const select = element("select", {}, new Option("A new dashboard", ""));
  request("GET", "dashboards").then(({ answer: found, problem: wrong }) => {
    problem.textContent = wrong || "";
    if (wrong) return;
    select.append(...found.map(({ id, content }) => new Option(content.title || "Dashboard", id)));
    if (found.length) select.value = found[0].id;
  });
  return select;
}

async function putOn(select, panels) {
  const known = select.value
    ? await asked("GET", `dashboards/${select.value}`)
    : await asked("POST", "dashboards", { title: "Dashboard", panels: [] });
  const { id, content, revision } = known;
  const all = [...content.panels];
  for (const panel of panels) all.push({ id: newId(), ...panel, ...freePlace(all, panel) });
  await asked("PUT", `dashboards/${id}`, { revision, content: { ...content, panels: all } });
  location.assign(`/dashboards/${id}`);
}

async function asked(...what) {
  const { answer, problem } = await request(...what);
  if (problem) throw new Error(problem);
  return answer;
}

const labelled = (text, control) =>
  element("label", { className: "choose-label" }, element("span", { textContent: text }), control);
