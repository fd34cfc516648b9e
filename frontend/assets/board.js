// What becomes of a change to a dashboard: it is kept here at once and saved before long, it can be
// taken back, and it never overwrites what was changed elsewhere.
(function (lab) {
  const SAVE_MS = 400;
  const RETRY_MS = 3000;

  lab.board = null; // the dashboard that is shown: id, content, revision, what can be undone
  let timer = null; // while something is to be saved
  let saving = null; // the request that is under way

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
    if (!saved) return false;
    // What was changed while the request was under way is still to be saved.
    Object.assign(board, { ...saved, content: board.content });
    if (document.getElementById("board")) lab.showBoardHead();
    if (!timer) say("Saved");
    return true;
  }

  async function refresh() {
    const { board } = lab;
    const page = await ask(`/api/dashboards/${board.id}/page`, "GET");
    const isHere = lab.board === board && document.getElementById("board");
    if (page && isHere && !timer && !saving) lab.showBoard(page);
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
