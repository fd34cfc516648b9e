// The dialog that puts figures on a dashboard: which runs, which part of them, and, on the page of
// a run, on which dashboard.
(function (lab) {
  const WAIT_MS = 250;
  const MOST_RUNS = 20;

  // On a dashboard: choose runs, then a part. What is chosen becomes a panel of it.
  lab.choosePart = () => open({ runs: [], put: (panels) => panels.reduce(
    (before, panel) => before.then(() => lab.addPanel(panel)), Promise.resolve()) });

  // On the page of a run or a comparison: choose a part, and the dashboard.
  lab.pin = (button) => {
    const { runs, by } = button.dataset;
    open({ runs: runs.split(","), by, isFixed: true });
  };

  lab.actions = Object.assign(lab.actions || {}, { pin: (button) => lab.pin(button) });

  function open(asked) {
    const dialog = build(asked);
    document.body.append(dialog);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  function build({ runs, by = "variant", isFixed = false, put }) {
    const state = { runs: [...runs], by };
    const heading = isFixed ? "Add to a dashboard" : "Add a figure";
    const dialog = lab.element("dialog", { className: "dialog choose", set: { "aria-label": heading } });
    const form = lab.element("form", { method: "dialog" });
    const parts = lab.element("div", { className: "choose-parts" });
    const problem = lab.element("p", { className: "choose-problem", set: { role: "alert" } });
    const add = lab.element("button", { type: "submit", value: "add", textContent: "Add", disabled: true, className: "primary" });
    const cancel = lab.element("button", { type: "button", textContent: "Cancel", className: "button-link" });
    cancel.addEventListener("click", () => dialog.close());
    const where = isFixed ? boardChoice(problem) : null;
    form.append(
      lab.element("h2", { textContent: heading }),
      ...(isFixed ? [labelled("Dashboard", where)] : [runChoice(state, () => showParts())]),
      parts, problem, lab.element("div", { className: "dialog-foot" }, cancel, add));
    dialog.append(form);

    let turns = 0; // how often the parts were asked for: only the last answer is looked at

    async function showParts() {
      const turn = (turns += 1);
      parts.replaceChildren();
      problem.textContent = "";
      add.disabled = true;
      if (!state.runs.length) return;
      const query = new URLSearchParams({ runs: state.runs.join(), by: state.by });
      const { answer, problem: wrong } = await lab.request("GET", `parts?${query}`);
      if (turn !== turns) return;
      if (wrong) problem.textContent = wrong;
      else parts.append(lab.element("h3", { textContent: "What of it" }), ...answer.map(partChoice));
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

  // All of a part, or one figure of several.
  function partChoice({ part, title, figures }) {
    const names = Object.entries(figures);
    const isTable = part.startsWith("table-");
    const whole = option(title, [part, ""], names.length > 1 ? [12, 7] : isTable ? [12, 6] : [8, 6]);
    if (names.length < 2) return whole;
    const each = names.map(([name, words]) => option(words, [part, name], [4, 6]));
    const list = lab.element("details", {}, lab.element("summary", { textContent: `One of its ${names.length} figures` }), ...each);
    return lab.element("div", { className: "choose-part" }, whole, list);
  }

  function option(title, value, size) {
    const box = lab.element("input", { type: "checkbox", value: JSON.stringify(value) });
    box.dataset.size = JSON.stringify(size);
    return lab.element("label", { className: "choose-option" }, box, lab.element("span", { textContent: title }));
  }

  // Runs to choose from, the newest first, found by words.
  function runChoice(state, changed) {
    const list = lab.element("div", { className: "choose-runs" });
    const search = lab.element("input", {
      type: "search", placeholder: "Search runs", set: { "aria-label": "Search runs" },
    });
    const by = lab.element("select", {}, ...["variant", "dataset", "run"].map((name) => new Option(name, name)));
    const coloured = labelled("Several runs over each other, coloured by", by);
    let timer = null;
    let turns = 0; // how often runs were asked for: only the last answer is looked at

    async function look() {
      const turn = (turns += 1);
      const asked = new URLSearchParams({ limit: 30, search: search.value });
      const { answer: found, problem } = await lab.request("GET", `runs?${asked}`);
      if (turn !== turns) return;
      if (problem) return list.replaceChildren(problem);
      const none = lab.element("p", { className: "quiet", textContent: "No run fits. Start one on the workbench." });
      list.replaceChildren(...(found.length ? found.map(line) : [none]));
    }

    function line(run) {
      const box = lab.element("input", { type: "checkbox", value: run.id, checked: state.runs.includes(run.id) });
      const words = [run.title, run.main_result, run.dataset, run.criteria, run.experiment];
      const when = new Date(run.created_at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
      const text = [...words.filter(Boolean), when].join(" · ");
      return lab.element("label", { className: "choose-option" }, box, lab.element("span", { textContent: text }));
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
    return lab.element("div", {}, lab.element("h3", { textContent: "Of which runs" }), search, list, coloured);
  }

  function boardChoice(problem) {
    const select = lab.element("select", {}, new Option("A new dashboard", ""));
    lab.request("GET", "dashboards").then(({ answer: found, problem: wrong }) => {
      if (wrong) return (problem.textContent = wrong);
      select.append(...found.map(({ id, content }) => new Option(content.title || "Dashboard", id)));
      if (found.length) select.value = found[0].id;
      return null;
    });
    return select;
  }

  async function putOn(select, panels) {
    const known = select.value
      ? await asked("GET", `dashboards/${select.value}`)
      : await asked("POST", "dashboards", { title: "Dashboard", panels: [] });
    const { id, content, revision } = known;
    const all = [...content.panels];
    for (const panel of panels)
      all.push({ id: Math.random().toString(36).slice(2, 10), ...panel, ...lab.freePlace(all, panel) });
    await asked("PUT", `dashboards/${id}`, { revision, content: { ...content, panels: all } });
    location.assign(`/dashboards/${id}`);
  }

  async function asked(...request) {
    const { answer, problem } = await lab.request(...request);
    if (problem) throw new Error(problem);
    return answer;
  }

  const labelled = (text, control) =>
    lab.element("label", { className: "choose-label" }, lab.element("span", { textContent: text }), control);
})((window.prunelab = window.prunelab || {}));
