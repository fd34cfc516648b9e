// What is done to a run or to several: the server is asked, and what came of it is said.
(function (lab) {
  const NARROW = matchMedia("(max-width: 700px)");
  const SECONDS_TO_UNDO = 12;

  const part = (name) => document.getElementById(name);
  const table = () => part("run-grid") && window.dash_ag_grid?.getApi("run-grid");
  const chosen = () => table()?.getSelectedRows() || [];
  const isBin = () => location.search === "?bin";
  let forget = null;

  // ---- Asking the server, and saying what came of it

  async function ask(method, path, body) {
    const options = { method, headers: { "content-type": "application/json" } };
    if (body) options.body = JSON.stringify(body);
    let answer;
    try {
      answer = await fetch(`/api/${path}`, options);
    } catch {
      return say("The server does not answer; nothing was changed.");
    }
    if (answer.ok) return answer.status === 204 ? {} : answer.json();
    const problem = await answer.json().catch(() => ({}));
    return say(problem.detail || "The server did not answer as it should.");
  }

  // One after the other; what was done, even if it was not all.
  async function askEach(rows, method, path, body) {
    const done = [];
    for (const row of rows) if (await ask(method, path(row), body && body(row))) done.push(row);
    return done;
  }

  function say(text, undo) {
    const toast = part("run-toast");
    if (!toast) return null;
    clearTimeout(forget);
    toast.replaceChildren(text);
    if (undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
      button.onclick = () => {
        toast.hidden = true;
        undo();
      };
      toast.append(button);
    }
    toast.hidden = false;
    forget = setTimeout(() => (toast.hidden = true), 1000 * SECONDS_TO_UNDO);
    return null;
  }

  const several = (count) => (count === 1 ? "1 run" : `${count} runs`);
  const named = (rows) => (rows.length === 1 ? `“${rows[0].name}”` : several(rows.length));

  function again() {
    table()?.refreshInfiniteCache();
    part("queue-changed")?.click();
  }

  function go(path) {
    history.pushState({}, "", path);
    dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    scrollTo(0, 0);
  }

  // ---- What can be done to runs

  async function bin(rows) {
    const done = await askEach(rows, "DELETE", (row) => `runs/${row.id}`);
    table()?.deselectAll();
    again();
    if (done.length) say(`${named(done)} moved to the bin.`, () => restore(done));
  }

  async function restore(rows) {
    const done = await askEach(rows, "POST", (row) => `runs/${row.id}/restore`);
    table()?.deselectAll();
    again();
    if (done.length) say(`${named(done)} restored.`);
  }

  async function remove(rows) {
    if (!confirm(`Delete ${named(rows)} for good? This cannot be undone.`)) return;
    const done = await askEach(rows, "DELETE", (row) => `runs/${row.id}?for_good=true`);
    table()?.deselectAll();
    again();
    if (done.length) say(`${named(done)} deleted for good.`);
  }

  async function empty() {
    if (!confirm("Delete everything in the bin for good? This cannot be undone.")) return;
    const done = await ask("POST", "bin/empty");
    again();
    if (done) say(`${several(done.removed)} deleted for good.`);
  }

  async function star(row) {
    if (await ask("PATCH", `runs/${row.id}`, { starred: !row.starred })) again();
  }

  async function repeat(row) {
    const run = await ask("POST", `runs/${row.id}/again`);
    if (run) go(`/runs/${run.id}`);
  }

  const listed = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

  async function tag(rows) {
    const text = prompt(`Tags to give to ${named(rows)}, with commas between them`);
    if (!text) return;
    const done = await askEach(
      rows,
      "PATCH",
      (row) => `runs/${row.id}`,
      (row) => ({ tags: [...new Set([...listed(row.tags), ...listed(text)])] }),
    );
    again();
    if (done.length) say(`${named(done)} tagged.`);
  }

  function edit(row, column) {
    const node = table()?.getRowNode(row.id);
    if (NARROW.matches || !node) return editInWords(row, column);
    table().ensureColumnVisible(column);
    table().startEditingCell({ rowIndex: node.rowIndex, colKey: column });
  }

  // On a phone there is no cell to write into.
  async function editInWords(row, column) {
    const text = prompt(column === "title" ? "The title of this run" : "Tags, with commas between them", row[column]);
    if (text !== null) await change(row.id, column, text);
  }

  async function change(id, column, text) {
    await ask("PATCH", `runs/${id}`, column === "tags" ? { tags: listed(text) } : { title: text });
    again();
  }

  async function queue(action, id) {
    const done = await ask("POST", `runs/${id}/${action}`);
    if (done && action === "front") say("It is taken next.");
    again();
  }

  const ACTIONS = {
    "bin-chosen": () => bin(chosen()),
    "restore-chosen": () => restore(chosen()),
    "remove-chosen": () => remove(chosen()),
    "tag-chosen": () => tag(chosen()),
    empty,
    front: ({ runId }) => queue("front", runId),
    cancel: ({ runId }) => queue("cancel", runId),
    restore: async ({ runId }) => {
      if (await ask("POST", `runs/${runId}/restore`)) document.querySelector("[data-testid=bin-note]")?.remove();
    },
  };

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-run-action]");
    if (button) ACTIONS[button.dataset.runAction]?.(button.dataset);
  });

  // ---- The menu of a row

  function items(row) {
    if (isBin()) return [["Restore", () => restore([row])], ["Delete for good", () => remove([row])]];
    const ended = row.ended
      ? [["Delete", () => bin([row])]]
      : [["Cancel", () => queue("cancel", row.id)]];
    return [
      ["Rename", () => edit(row, "title")],
      ["Tags", () => edit(row, "tags")],
      ["Run again", () => repeat(row)],
      ["Run again with changes", () => go(`/?run=${row.id}`)],
      ...ended,
    ];
  }

  function openMenu(row, button) {
    const menu = part("run-menu");
    menu.popover = "auto"; // Dash knows no such attribute
    const buttons = items(row).map(([text, act]) => {
      const item = Object.assign(document.createElement("button"), { type: "button", textContent: text });
      item.setAttribute("role", "menuitem");
      item.onclick = () => {
        menu.hidePopover();
        act();
      };
      return item;
    });
    menu.replaceChildren(...buttons);
    menu.showPopover();
    const place = button.getBoundingClientRect();
    const below = place.bottom + menu.offsetHeight < innerHeight;
    menu.style.top = `${below ? place.bottom + 4 : place.top - menu.offsetHeight - 4}px`;
    menu.style.left = `${Math.max(8, place.right - menu.offsetWidth)}px`;
    menu.onkeydown = ({ key }) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[key];
      const at = buttons.indexOf(document.activeElement);
      if (step) buttons.at((at + step) % buttons.length).focus();
    };
    buttons[0].focus();
  }

  lab.runs = { again, change, go, listed, openMenu, part, star, table };
})((window.prunelab = window.prunelab || {}));
