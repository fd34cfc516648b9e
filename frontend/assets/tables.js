// Fills the tables of the page from the result and marks the rows at the slider's place.
(function (lab) {
  const FORMATS = {
    text: String,
    integer: (value) => Math.round(value).toLocaleString("en"),
    percent: (value) => `${(100 * value).toFixed(1)} %`,
  };
  const written = new WeakMap(); // table body → what it shows

  function cell(value, column) {
    const node = document.createElement("td");
    node.className = column.format;
    if (column.colours[value]) {
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.setProperty("--swatch", column.colours[value]);
      node.append(swatch);
    }
    node.append(value === null ? "–" : column.titles[value] || FORMATS[column.format](value));
    return node;
  }

  function row(values, table, columns, place) {
    const node = document.createElement("tr");
    node.dataset.place = values[table.columns.indexOf(place)];
    node.append(...columns.map((column) => cell(values[table.columns.indexOf(column.name)], column)));
    return node;
  }

  function fill(body, fold) {
    const table = fold.result.tables[body.dataset.table];
    const revision = fold.revisions[body.dataset.table] || 0;
    const before = written.get(body);
    if (!table || (before && before[0] === fold && before[1] === revision)) return;
    written.set(body, [fold, revision]);
    const columns = JSON.parse(body.dataset.columns);
    body.replaceChildren(...table.rows.map((values) => row(values, table, columns, body.dataset.place)));
  }

  lab.paintTables = function (fold, at) {
    for (const body of document.querySelectorAll("#run [data-table]")) {
      fill(body, fold);
      for (const node of body.rows) node.classList.toggle("here", Number(node.dataset.place) === at);
    }
  };
})((window.prunelab = window.prunelab || {}));
