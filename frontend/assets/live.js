// Follows a run: starts from what the server rendered, then takes every event from a WebSocket.
(function (lab) {
  const FINAL = ["done", "failed", "cancelled"];
  const BEGINNING = "0";
  const MOST_SECONDS = 10;

  let line = null; // the connection to the run that is followed
  let early = null; // a connection to a run whose page is still being rendered
  let retry = null;

  // The server has answered: a run was started. Its events can come while its page is rendered.
  lab.heard = function (response) {
    const [, id] = /^\/runs\/(\w+)$/.exec(response?.url?.pathname) || [];
    if (!id) return;
    early?.hangUp();
    early = listen(id, BEGINNING);
  };

  // The page of a run was rendered; `page` is what frontend/components/run_panel.py put there.
  lab.open = function (page) {
    lab.leave();
    const clock = Date.now() - Date.parse(page.now);
    const fold = new lab.Fold(page.result);
    Object.assign(lab, { run: page.run, fold, page, clock, choices: { ...page.choices } });
    lab.lastId = page.last_event_id;
    document.title = page.title;
    document.documentElement.dataset.frames = lab.fold.frames;
    lab.showRun();
    lab.startPainting();
    lab.move(page.start);
    // The button was disabled while the server answered, and lost the focus by that.
    const isNew = page.last_event_id === BEGINNING && document.activeElement === document.body;
    if (isNew) document.getElementById("submit")?.focus({ preventScroll: true });
    // Whoever had scrolled down the run before is to see how this one begins.
    const run = document.getElementById("run");
    if (isNew && run?.getBoundingClientRect().top < 0) run.scrollIntoView();
    if (!lab.isOver()) follow(0);
  };

  lab.isOver = () => FINAL.includes(lab.run.status);

  // The page of the run is left: nothing may draw on the next one.
  lab.leave = function () {
    clearTimeout(retry);
    line?.hangUp();
    line = lab.fold = lab.run = null;
    lab.pause();
    lab.stopPainting();
    lab.banner(null);
    delete document.documentElement.dataset.runStatus;
  };

  // A connection that keeps what it hears until somebody takes it.
  function listen(id, after) {
    const host = location.origin.replace(/^http/, "ws");
    const socket = new WebSocket(`${host}/api/runs/${id}/stream?after=${after}`);
    const heard = [];
    const made = { id, after, take: (call) => heard.push(call) };
    socket.onmessage = (message) => made.take(["message", message]);
    socket.onclose = (closing) => made.take(["close", closing]);
    made.hangUp = () => {
      made.take = () => null;
      socket.close();
    };
    made.answer = (calls) => {
      made.take = ([kind, event]) => calls[kind](event);
      heard.forEach(made.take);
    };
    return made;
  }

  function follow(failures) {
    const isEarly = early?.id === lab.run.id && early.after === lab.lastId;
    if (!isEarly) early?.hangUp();
    line = isEarly ? early : listen(lab.run.id, lab.lastId);
    early = null;
    line.answer({
      message(message) {
        if (failures) lab.banner(null);
        failures = 0;
        take(JSON.parse(message.data));
      },
      close(closing) {
        // 4000 and above: the server knows nothing of this run, and trying again won't help.
        if (closing.code === 1000 || closing.code >= 4000) return;
        lab.banner("The connection to the server is lost. Trying again…");
        const seconds = Math.min(MOST_SECONDS, 0.5 * 2 ** failures);
        retry = setTimeout(() => follow(failures + 1), 1000 * seconds);
      },
    });
  }

  function take(message) {
    if (message.kind === "events") {
      for (const { id, event } of message.events) {
        lab.fold.add(event);
        lab.lastId = id;
      }
      document.documentElement.dataset.frames = lab.fold.frames;
      lab.repaint();
    } else if (message.kind === "run") {
      lab.run = message.run;
      // Whatever was wrong on the way does not matter to a run that is over.
      if (lab.isOver()) lab.banner(null);
      lab.showRun();
    } else {
      lab.banner(message.ok ? null : message.message);
    }
  }
})((window.prunelab = window.prunelab || {}));
