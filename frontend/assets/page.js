// The page around the figures: a run's header, the banner, buttons that need no server.
(function (lab) {
  const NAMES = {
    queued: "Waiting", running: "Running", done: "Done", failed: "Failed", cancelled: "Cancelled",
  };

  const live = (name) => document.querySelector(`#run [data-live=${name}]`);

  function write(name, text) {
    const node = live(name);
    if (node && node.textContent !== text) node.textContent = text;
  }

  lab.showRun = function () {
    const { run } = lab;
    const section = document.getElementById("run");
    if (!run || !section) return;
    const { fold } = lab.stages.get("run");
    section.dataset.status = document.documentElement.dataset.runStatus = run.status;
    section.dataset.cancelling = run.cancel_requested;
    write("status", NAMES[run.status]);
    write("error", run.error || fold.result.error || "The run failed without saying why.");
    showProgress(run, fold.result.progress);
    showNotes(fold.result.notes);
    showTime();
  };

  function showProgress(run, progress) {
    const share = run.status === "done" ? 1 : progress ? progress.done / (progress.total || 1) : 0;
    const bar = live("bar");
    if (!bar) return;
    bar.setAttribute("aria-valuenow", Math.round(100 * share));
    bar.firstElementChild.style.width = `${100 * share}%`;
    write("message", messageOf(run, progress));
  }

  function messageOf(run, progress) {
    const again = run.attempts > 0;
    if (run.status === "queued") return again ? "Its worker was lost. Waiting for another…" : "Waiting for a worker…";
    if (run.status === "cancelled") return progress ? "Cancelled: what was computed until then is shown." : "Cancelled before anything was computed.";
    if (run.status !== "running") return "";
    const message = (progress?.message || "Starting…") + share(progress);
    return run.attempts > 1 ? `Attempt ${run.attempts}, after its worker was lost. ${message}` : message;
  }

  // Of a run in parts the message is about one of them: how far the whole is, in numbers too.
  function share(progress) {
    const parts = Object.keys(lab.fold.result.done_by_part).length;
    return parts > 1 ? ` · ${Math.floor((100 * progress.done) / (progress.total || 1))} % of the whole` : "";
  }

  function showNotes(notes) {
    const list = live("notes");
    if (!list || list.children.length === notes.length) return;
    list.replaceChildren(...notes.map((note) => {
      const item = document.createElement("li");
      item.dataset.level = note.level;
      item.textContent = note.text;
      return item;
    }));
  }

  function showTime() {
    const { run } = lab;
    if (!run) return;
    const start = Date.parse(run.started_at || run.created_at);
    const end = run.finished_at ? Date.parse(run.finished_at) : Date.now() - lab.clock;
    write("elapsed", duration(Math.max(0, end - start) / 1000, Boolean(run.finished_at)));
  }

  function duration(seconds, final) {
    if (final && seconds < 60) return `${seconds.toFixed(1)} s`;
    if (seconds < 60) return `${Math.floor(seconds)} s`;
    const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
    return minutes < 60 ? `${minutes} min ${rest} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  }

  setInterval(showTime, 1000);

  lab.banner = function (text) {
    const banner = document.getElementById("banner");
    if (!banner) return;
    banner.textContent = text || "";
    banner.hidden = !text;
  };

  function copyLink(button) {
    const link = button.dataset.link ? new URL(button.dataset.link, location).href : location.href;
    // Browsers give the clipboard to secure pages only.
    if (!navigator.clipboard) return lab.showLink(link);
    const said = button.querySelector("[data-says]");
    navigator.clipboard.writeText(link).then(() => {
      const before = said.textContent;
      said.textContent = said.dataset.says;
      setTimeout(() => (said.textContent = before), 1500);
    });
  }

  function toggle(button) {
    button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    for (const plot of button.closest(".card").querySelectorAll("[data-figure]")) {
      const visible = (plot.data || []).map((trace) => lab.isVisible(plot, trace));
      const changed = [...visible.keys()].filter((i) => visible[i] !== (plot.data[i].visible ?? true));
      const values = changed.map((i) => visible[i]);
      if (changed.length) window.Plotly.restyle(plot, { visible: values }, changed);
    }
  }

  // Whether what a trace is only for is chosen.
  lab.isChosen = (trace, { choices }) =>
    Object.entries(trace.meta?.only || {}).every(([chooser, option]) => choices[chooser] === option);

  // Whether a trace of a figure is shown: no group of it is toggled off, and it is chosen.
  lab.isVisible = function (plot, trace) {
    if (!lab.isChosen(trace, lab.stageOf(plot))) return false;
    const card = plot.closest(".card");
    const isOff = (group) =>
      card?.querySelector(`[data-group="${CSS.escape(group)}"][aria-pressed=false]`);
    return !(trace.legendgroup || "").split(" ").some((group) => group && isOff(group));
  };

  // The request itself goes through Dash; the page says at once that it was heard.
  function cancel() {
    lab.run.cancel_requested = true;
    lab.showRun();
  }

  // What buttons do, by their `data-action`; other scripts add theirs.
  lab.actions = Object.assign(lab.actions || {}, {
    play: (button) => lab.play(button), copy: copyLink, cancel, toggle,
    animate: (button) => lab.animate(button), csv: (button) => lab.saveTable(button),
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button) lab.actions[button.dataset.action]?.(button);
  });
})((window.prunelab = window.prunelab || {}));
