// What becomes of a change to a dashboard: it is kept here at once and saved before long, it can be
// taken back, and where it was changed elsewhere in the meantime, both changes are kept.
(function (lab) {
  const SAVE_MS = 400;
  // Every save is a step that can be undone: who types makes one of many letters.
  const TYPING_MS = 2000;
  const RETRY_MS = 3000;
  // Browsers let requests outlive the page that carry no more than this together.
  const MOST_OUTLIVING = 64 * 1024;

  const CHANGED_ELSEWHERE = 409;

  lab.board = null; // the dashboard that is shown: id, content, revision, what can be undone
  let base = null; // its content as the server last had it
  let timer = null; // while something is to be saved
  let isPutting = false; // while a save is under way
  let isStranded = false; // while what was changed cannot be saved as it is
  let last = Promise.resolve(); // the last of what changes the dashboard,
  let changing = 0; // and how much of it is under way or waits
  let looks = 0; // how often the dashboard was looked at or changed

  // The server says what it is.
  lab.boardIs = function (dashboard) {
    lab.board = dashboard;
    base = dashboard.content;
    isStranded = false;
    looks += 1;
  };

  // Keep a change here at once, and at the server before long.
  lab.keepBoard = function (panels, { title = lab.board.content.title, isTyping = false } = {}) {
    const { board } = lab;
    const content = { ...board.content, title, panels };
    if (JSON.stringify(content) === JSON.stringify(board.content)) return;
    board.content = content;
    say("Saving…");
    clearTimeout(timer);
    timer = setTimeout(lab.saveBoard, isTyping ? TYPING_MS : SAVE_MS);
  };

  // Save what is not saved yet, and show what the server makes of it.
  lab.saveBoard = async function () {
    if (await lab.settleBoard()) await refresh();
  };

  // Save what is not saved yet; whether the server has all of it.
  lab.settleBoard = () => inTurn(settle);

  // Each change begins with what the one before has left.
  function inTurn(change) {
    changing += 1;
    const begin = () => change();
    last = last.then(begin, begin).finally(() => (changing -= 1));
    return last;
  }

  async function settle() {
    if (!timer) return true;
    clearTimeout(timer);
    timer = null;
    return put();
  }

  async function put() {
    const { board } = lab;
    const { id, content, revision } = board;
    looks += 1;
    isPutting = true;
    const { answer, ...refusal } = await lab.request("PUT", `dashboards/${id}`, { content, revision });
    isPutting = false;
    if (refusal.status === CHANGED_ELSEWHERE) return join(board);
    if (!answer) return notSaved(refusal);
    base = content;
    adopt(board, answer);
    isStranded = false;
    if (lab.isBoardOpen()) lab.showBoardHead();
    if (!timer) say("Saved");
    return true;
  }

  // Make the change that was made here to what the dashboard is now.
  async function join(board) {
    isStranded = true;
    const { answer, ...refusal } = await lab.request("GET", `dashboards/${board.id}`);
    if (!answer) return notSaved(refusal);
    adopt(board, answer);
    return put();
  }

  // What the server has, with what was changed here since it last said so.
  function adopt(board, theirs) {
    const content = lab.joined(base, board.content, theirs.content);
    Object.assign(board, { ...theirs, content });
    base = theirs.content;
  }

  // What was refused would be refused again; all else is tried again.
  function notSaved({ problem, status }) {
    isStranded = isAway(status);
    if (isStranded) timer ||= setTimeout(lab.saveBoard, RETRY_MS);
    else lab.banner(problem);
    say(isStranded ? `Not saved: ${fault(status)}. Trying again…` : "Not saved");
    return false;
  }

  // The status is 0 where nobody answers.
  const isAway = (status) => status === 0 || status >= 500;
  const fault = (status) => `the server ${status ? "made a fault" : "does not answer"}`;

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
    if (lab.isBoardOpen() && !timer && !changing) refresh();
  };
  window.addEventListener("focus", lab.lookAtBoard);

  async function refresh() {
    const look = (looks += 1);
    const { answer, problem, status } = await lab.request("GET", `dashboards/${lab.board.id}/page`);
    // What was changed or seen since is newer than this.
    if (look !== looks || timer || changing || !lab.isBoardOpen()) return;
    if (answer) lab.showBoard(answer);
    else if (!isAway(status)) lab.banner(problem);
  }

  // Take the last change back, or make it again.
  lab.stepBoard = async function (which) {
    if (!lab.isBoardOpen()) return;
    const said = await inTurn(async () => ((await settle()) ? step(which) : null));
    if (!said) return;
    await refresh();
    say(said);
  };

  // What is to be said of it; null if that was said.
  async function step(which) {
    const { board } = lab;
    const { answer, problem, status } = await lab.request(
      "POST", `dashboards/${board.id}/${which}`, { revision: board.revision });
    if (answer) {
      looks += 1;
      adopt(board, answer);
      return which === "undo" ? "Undone" : "Redone";
    }
    const nothing = `Nothing was ${which === "undo" ? "undone" : "redone"}`;
    // Nobody takes back what they have not seen: they see it now.
    if (status === CHANGED_ELSEWHERE) return `${nothing}: the dashboard was changed elsewhere`;
    if (!isAway(status)) lab.banner(problem);
    say(isAway(status) ? `${nothing}: ${fault(status)}` : nothing);
    return null;
  }

  function say(text) {
    const node = document.getElementById("board-saved");
    if (node) node.textContent = text;
  }

  // Nothing is lost when the page is left before the change was saved.
  window.addEventListener("pagehide", () => {
    const headers = { "Content-Type": "application/json" };
    for (const body of unsaved())
      fetch(`/api/dashboards/${lab.board.id}`, { method: "PUT", headers, body, keepalive: true });
  });

  // Where that would not help, people are asked whether to stay.
  window.addEventListener("beforeunload", (event) => {
    if (isStranded || new Blob(unsaved()).size > MOST_OUTLIVING) event.preventDefault();
  });

  // What would save it. Whether a save that is under way, or was lost on the way, is done nobody
  // knows: of the two requests then, one fits.
  function unsaved() {
    if (!timer && !isPutting) return [];
    const { content, revision } = lab.board;
    const revisions = isPutting || isStranded ? [revision + 1, revision] : [revision];
    return revisions.map((each) => JSON.stringify({ content, revision: each }));
  }
})((window.prunelab = window.prunelab || {}));
