// What becomes of a change to a dashboard: it is kept here at once and saved before long, it can be
// taken back, and where it was changed elsewhere in the meantime, both changes are kept.
(function (lab) {
  const SAVE_MS = 400;
  const RETRY_MS = 3000;

  const CHANGED_ELSEWHERE = 409;

  lab.board = null; // the dashboard that is shown: id, content, revision, what can be undone
  let base = null; // its content as the server last had it
  let timer = null; // while something is to be saved
  let saving = null; // the request that is under way

  // The server says what it is.
  lab.boardIs = function (dashboard) {
    lab.board = dashboard;
    base = dashboard.content;
  };

  // Keep a change here at once, and at the server before long.
  lab.keepBoard = function (panels, title = lab.board.content.title) {
    const { board } = lab;
    const content = { ...board.content, title, panels };
    if (JSON.stringify(content) === JSON.stringify(board.content)) return;
    board.content = content;
    say("Saving…");
    clearTimeout(timer);
    timer = setTimeout(lab.saveBoard, SAVE_MS);
  };

  // Save what is not saved yet, and show what the server makes of it.
  lab.saveBoard = async function () {
    if (await lab.settleBoard()) await refresh();
  };

  // Save what is not saved yet; whether the server has all of it.
  lab.settleBoard = async function () {
    while (saving) await saving;
    if (!timer) return true;
    clearTimeout(timer);
    timer = null;
    return put();
  };

  async function put() {
    const { board } = lab;
    const { id, content, revision } = board;
    saving = ask(`/api/dashboards/${id}`, "PUT", { content, revision });
    const saved = await saving;
    saving = null;
    if (saved === CHANGED_ELSEWHERE) return join(board);
    if (!saved) return false;
    base = saved.content;
    // What was changed while the request was under way is still to be saved.
    Object.assign(board, { ...saved, content: board.content });
    if (document.getElementById("board")) lab.showBoardHead();
    if (!timer) say("Saved");
    return true;
  }

  // Make the change that was made here to what the dashboard is now.
  async function join(board) {
    const theirs = await ask(`/api/dashboards/${board.id}`, "GET");
    if (!theirs) return false;
    const content = lab.joined(base, board.content, theirs.content);
    Object.assign(board, { ...theirs, content });
    return put();
  }

  // Both changes to the same content: of a title or a panel that both have changed, the one here.
  lab.joined = function (before, mine, theirs) {
    const of = ({ panels }) => new Map(panels.map((panel) => [panel.id, panel]));
    const [was, here, there] = [of(before), of(mine), of(theirs)];
    const isChanged = (id) => JSON.stringify(here.get(id)) !== JSON.stringify(was.get(id));
    const ids = new Set([...there.keys(), ...here.keys()]);
    const panels = [...ids].map((id) => (isChanged(id) ? here.get(id) : there.get(id)));
    const title = mine.title === before.title ? theirs.title : mine.title;
    return { ...theirs, title, panels: panels.filter(Boolean) };
  };

  // Somebody else may have changed it while nobody looked here.
  lab.lookAtBoard = function () {
    if (lab.board && document.getElementById("board") && !timer && !saving) refresh();
  };
  window.addEventListener("focus", lab.lookAtBoard);

  async function refresh() {
    const { board } = lab;
    const page = await ask(`/api/dashboards/${board.id}/page`, "GET");
    const isHere = lab.board === board && document.getElementById("board");
    if (!page || !isHere || timer || saving) return;
    lab.showBoard(page);
  }

  lab.stepBoard = async function (which) {
    await lab.settleBoard();
    const done = await ask(`/api/dashboards/${lab.board.id}/${which}`, "POST");
    await refresh();
    if (done) say(which === "undo" ? "Undone" : "Redone");
  };

  // Ask the server; null if it did not do it, after having said so.
  async function ask(address, method, body) {
    const headers = { "Content-Type": "application/json" };
    try {
      const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
      const answer = await response.json();
      if (response.ok) return answer;
      if (response.status === CHANGED_ELSEWHERE) return CHANGED_ELSEWHERE;
      lab.banner(`${answer.title}. ${answer.detail}`);
      say("Not saved");
    } catch {
      say("Not saved: the server does not answer. Trying again…");
      if (method === "PUT") timer = setTimeout(lab.saveBoard, RETRY_MS);
    }
    return null;
  }

  function say(text) {
    const node = document.getElementById("board-saved");
    if (node) node.textContent = text;
  }

  // Nothing is lost when the page is left before the change was saved.
  window.addEventListener("pagehide", () => {
    if (!timer) return;
    const { id, content, revision } = lab.board;
    const body = JSON.stringify({ content, revision });
    const headers = { "Content-Type": "application/json" };
    fetch(`/api/dashboards/${id}`, { method: "PUT", headers, body, keepalive: true });
  });
})((window.prunelab = window.prunelab || {}));
