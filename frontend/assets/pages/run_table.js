// The table of runs: its cells, its keys, and what Dash asks of it.

import { showBanner } from "#basics/banner.js";
import { load } from "#basics/load.js";
import { visits } from "#pages/live.js";
import { again, change, go, listed, openMenu, part, star, table } from "#pages/run_actions.js";

const GRID = "run-grid";
const SEARCH = "run-search";
const NARROW = matchMedia("(max-width: 700px)");
const SHOWN_ON_A_PHONE = ["starred", "title", "actions"];

// How many looks in a row may find the table waiting for the same rows, at first and at most.
const PATIENCE = 2;
const MOST_PATIENCE = 16;

// How often the table is looked at while a run is active.
const LOOK_AGAIN_MS = 2000;

const same = () => window.dash_clientside.no_update;
let waited = 0;
let patience = PATIENCE;

// ---- The cells. A text is a child of React's here, which is never read as HTML.

const h = (...all) => window.React.createElement(...all);

// Before its page has come a row has no data.
const cell = (draw) => (props) => (props.data ? draw(props.data, props) : null);

const badge = (row) =>
  h("span", { className: "badge", "data-status": row.status }, row.status_title);
const progress = (row) =>
  row.progress !== null &&
  h("progress", { value: row.progress, title: `${Math.floor(100 * row.progress)} % done` });
const statusOf = (row) => h("span", { className: "run-status" }, badge(row), progress(row));
const time = (row) =>
  h("time", { dateTime: row.moment, title: new Date(row.moment).toLocaleString() }, row.created);

export const cells = {
  RunStatus: cell(statusOf),
  RunTime: cell((row) => h("span", null, time(row))),
  RunResult: cell((row) => h("span", { title: row.result }, row.result)),

  RunStar: cell((row) =>
    h(
      "button",
      {
        type: "button",
        tabIndex: -1,
        className: "star",
        "aria-pressed": row.starred,
        "aria-label": `Star: ${row.name}`,
        onClick: () => star(row),
      },
      row.starred ? "★" : "☆",
    ),
  ),

  RunName: cell((row) => {
    const href = `/runs/${row.id}`;
    const follow = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(href);
    };
    const besides = [row.result, row.dataset, row.model, row.tags].filter(Boolean).join(" · ");
    return h(
      "div",
      { className: "run-name" },
      h("a", { href, tabIndex: -1, onClick: follow, title: row.name }, row.name),
      h("span", { className: "quiet", title: row.besides }, row.besides || "default settings"),
      h(
        "span",
        { className: "run-besides quiet" },
        statusOf(row),
        time(row),
        h("span", { title: besides }, besides),
      ),
    );
  }),

  RunTags: cell((row) =>
    h(
      "div",
      { className: "run-tags" },
      ...listed(row.tags).map((word) =>
        h(
          "button",
          {
            key: word,
            type: "button",
            tabIndex: -1,
            className: "tag",
            title: `Search for ${word}`,
            onClick: () => window.dash_clientside.set_props(SEARCH, { value: word }),
          },
          word,
        ),
      ),
    ),
  ),

  RunActions: cell((row) =>
    h(
      "button",
      {
        type: "button",
        tabIndex: -1,
        className: "more",
        "aria-haspopup": "menu",
        "aria-label": `More: ${row.name}`,
        onClick: (event) => openMenu(row, event.currentTarget),
      },
      "⋯",
    ),
  ),

  // Where nothing fits; where there is no run at all, the page says so instead. The other name is
  // the table's own for what it shows where its columns' filters leave nothing.
  RunsNone: nothingFits,
  agNoMatchingRowsOverlay: nothingFits,
};

function nothingFits() {
  return h(
    "div",
    { className: "nothing-fits" },
    h("p", null, "No run fits."),
    h(
      "button",
      { type: "button", className: "button-link", onClick: clearFilters },
      "Clear the filters",
    ),
  );
}

// ---- The keyboard: arrows move between cells, Enter and the space bar do what a click does

export const keys = {
  prunelabOwnKey: ({ event, editing }) =>
    !editing && ["Enter", "Backspace", "Delete"].includes(event.key),

  prunelabRunKey: ({ event, column, data }) => {
    if (!data || !["Enter", " "].includes(event.key) || table().getEditingCells().length) return;
    const button = event.target.querySelector?.(".star, .more, .run-name a");
    if (!button || (event.key === " " && column.getColId() === "title")) return;
    event.preventDefault();
    button.click();
  },
};

// ---- The table as a whole

const height = () => (NARROW.matches ? 132 : 56);
const isShown = (name) => !NARROW.matches || SHOWN_ON_A_PHONE.includes(name);

// The table for the width that there is.
function fitted(grid) {
  const columnDefs = grid.props.columnDefs.map((column) => ({
    ...column,
    hide: !isShown(column.field),
  }));
  const dashGridOptions = { ...grid.props.dashGridOptions, rowHeight: height() };
  return { ...grid, props: { ...grid.props, columnDefs, dashGridOptions } };
}

NARROW.addEventListener("change", () => {
  const grid = table();
  if (!grid) return;
  for (const column of grid.getColumns())
    if (!column.getColId().startsWith("ag-Grid"))
      grid.setColumnsVisible([column], isShown(column.getColId()));
  grid.setGridOption("rowHeight", height());
  askAnew(grid);
});

document.addEventListener("prunelab:imported", () => whenTable(askAnew));

// ---- Its rows: the table's own way would give it whatever rows come next, be they of another
// search or of the page before. It asks for no others until these have come or are given up.

let asked = { number: 0 };

const source = {
  getRows({ startRow, endRow, sortModel, filterModel, successCallback, failCallback }) {
    const number = asked.number + 1;
    asked = { number, answer: successCallback, giveUp: failCallback };
    const data = { number, startRow, endRow, sortModel, filterModel };
    window.dash_clientside.set_props("run-asked", { data });
  },
};

function answered(number) {
  const { answer } = asked;
  if (number !== asked.number || !answer) return null;
  asked = { number };
  return answer;
}

function askAnew(grid) {
  const { number, giveUp } = asked;
  grid.purgeInfiniteCache();
  asked = { number };
  giveUp?.();
}

// ---- Looking again

// Rows that were asked for while the server was away never come, and no others are asked for
// until they do: then all are asked for anew, less and less often.
function look() {
  const grid = table();
  if (document.hidden || grid.getEditingCells().length) return;
  const isWaiting = Object.values(grid.getCacheBlockState()).some(
    ({ pageStatus }) => pageStatus !== "loaded",
  );
  waited = isWaiting ? waited + 1 : 0;
  if (!isWaiting) {
    patience = PATIENCE;
    again();
  } else if (waited >= patience) {
    waited = 0;
    patience = Math.min(2 * patience, MOST_PATIENCE);
    askAnew(grid);
  }
}

// Once it can be asked anything; where there is none, one that comes will ask for the right rows.
function whenTable(call) {
  if (part(GRID)) window.dash_ag_grid.getApiAsync(GRID).then(call);
}

// A run may have been started in another window, or the server have come back.
function lookSoon() {
  if (part(GRID)) whenTable(look);
  else again();
}
addEventListener("focus", lookSoon);
document.addEventListener("visibilitychange", lookSoon);

// ---- What narrows the table, in the address: it is there again after Back and in a link

const COLUMNS = { dataset: "dataset", model: "model", criteria: "criteria", tags: "tag" };

function addressOf({ sortModel, filterModel }, search, status, experiment, starred) {
  const query = new URLSearchParams();
  const add = (name, value) => value && query.append(name, value);
  add("search", search);
  for (const each of status || []) add("status", each);
  add("experiment", experiment);
  add("starred", starred);
  for (const [column, name] of Object.entries(COLUMNS)) add(name, filterModel?.[column]?.filter);
  const [{ colId, sort } = {}] = sortModel || [];
  if (colId && colId !== "created") add("sort", colId);
  if (sort === "asc") add("descending", "false");
  const tab = new URLSearchParams(location.search).has("bin") ? "bin" : "";
  return [tab, query.toString()].filter(Boolean).join("&");
}

function keep(query) {
  const before = location.search;
  history.replaceState(history.state, "", location.pathname + (query && `?${query}`));
  if (location.search === before) return;
  // Dash hears of the address, and `route` that it is shown already.
  window.dash_clientside.set_props("shown", { data: location.pathname + location.search });
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}

// What is typed into the search while the next list is on its way is typed into that one's.
let typed = null;

document.addEventListener("input", ({ target }) => {
  if (target.id === SEARCH) typed = { field: target, visit: visits() };
});

function searchAgain() {
  const isLate = typed && typed.visit === visits() && typed.field !== part(SEARCH);
  if (isLate) window.dash_clientside.set_props(SEARCH, { value: typed.field.value });
}

function clearFilters() {
  const set = window.dash_clientside.set_props;
  table()?.setFilterModel(null);
  set("run-search", { value: "" });
  set("run-status", { value: [] });
  set("run-experiment", { value: null });
  set("run-starred", { checked: false });
}

export const tableCallbacks = {
  async showGrid({ src, grid }) {
    searchAgain();
    try {
      await load(src);
    } catch (error) {
      showBanner("The table could not be loaded: reload the page to try again.");
      throw error;
    }
    return fitted(grid);
  },
  keepFilters(request, ...filters) {
    if (!request || !part("run-place") || location.pathname !== "/runs") return same();
    keep(addressOf(request, ...filters));
    // Until the server answers for the first rows, which knows whether there is something to look at.
    if (!request.startRow)
      window.dash_clientside.set_props("run-look-again", { interval: LOOK_AGAIN_MS });
    return same();
  },
  askRuns() {
    whenTable((grid) => {
      grid.deselectAll();
      askAnew(grid);
    });
    return same();
  },
  // Once it has asked in its own way, which nobody hears, it is ready to ask in ours.
  takeRows(request) {
    if (!request) return same();
    whenTable((grid) => {
      grid.setGridOption("datasource", source);
      request.failCallback();
    });
    return same();
  },
  showRows({ number, response, told }) {
    const answer = answered(number);
    if (!answer) return same();
    answer(response.rowData, response.rowCount);
    return told;
  },
  lookAgain() {
    lookSoon();
    return same();
  },
  runsChosen(rows) {
    const bar = part("run-chosen");
    if (!bar) return same();
    const ids = (rows || []).map((row) => row.id);
    bar.hidden = !ids.length;
    bar.querySelector(".chosen-count").textContent = `${ids.length} chosen`;
    if (part("run-compare"))
      window.dash_clientside.set_props("run-compare", { href: `/compare?runs=${ids.join(",")}` });
    return same();
  },
  runEdited(changes) {
    for (const { data, colId, value, oldValue } of changes || [])
      if ((value || "") !== (oldValue || "")) change(data.id, colId, value || "");
    return same();
  },
};
