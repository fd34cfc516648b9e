// Hears from the server when somebody else has changed the dashboard that is shown.

import { showBanner } from "#basics/banner.js";
import { heardOfBoard } from "#pages/dashboard_changes.js";

const GONE = 4404;
const SESSION_ENDED = 4401;
const MOST_SECONDS = 10;

let socket = null;
let retry = null;

export function leaveBoard() {
  clearTimeout(retry);
  if (socket) socket.onclose = null;
  socket?.close();
  socket = null;
}

export function followBoard(id, failures = 0) {
  leaveBoard();
  const host = location.origin.replace(/^http/, "ws");
  socket = new WebSocket(`${host}/api/dashboards/${id}/stream`);
  let isHeard = false;
  socket.onmessage = ({ data }) => {
    isHeard = true;
    heardOfBoard(JSON.parse(data));
  };
  socket.onclose = ({ code }) => {
    if (code === GONE) return showBanner("Somebody has deleted this dashboard.");
    // Browsers aren't told why a connection is refused: where the session has ended, this question
    // leads to the login (access.js).
    if (code === SESSION_ENDED || !isHeard) fetch(`/api/dashboards/${id}`).catch(() => null);
    const missed = isHeard ? 0 : failures;
    const seconds = Math.min(MOST_SECONDS, 0.5 * 2 ** missed);
    retry = setTimeout(() => followBoard(id, missed + 1), 1000 * seconds);
    return null;
  };
}
