// Choosers whose options only a run can tell: filled from a column of one of its tables.
(function (lab) {
  lab.paintChoosers = function () {
    for (const select of lab.all("[data-source]")) {
      const stage = lab.stageOf(select);
      const [table, column] = JSON.parse(select.dataset.source);
      const options = valuesOf(stage.fold.result.tables[table], column);
      if (options.length !== select.options.length) fill(select, options, stage);
    }
  };

  function valuesOf(table, column) {
    const place = table?.columns.indexOf(column);
    return [...new Set(table?.rows.map((row) => row[place]))];
  }

  // What was chosen stays chosen; of the first that come, the first is.
  function fill(select, options, stage) {
    const before = select.value;
    select.replaceChildren(...options.map((value) => new Option(value, value)));
    if (options.includes(before)) select.value = before;
    select.disabled = false;
    stage.choices[select.dataset.chooser] = select.value;
  }
})((window.prunelab = window.prunelab || {}));
