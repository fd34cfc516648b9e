// What Dash asks of the server goes through fetch; where that fails, Dash itself says nothing.

import { showBanner } from "#basics/banner.js";

const ASKS = /_dash-update-component(\?|$)/;
const AWAY = "The server does not answer. What you did last was not done; try it again.";
const FAULT = "The server could not do that: it has made a fault, and its log says more.";

const ask = window.fetch.bind(window);
let told = false;

window.fetch = async (resource, options) => {
  const address = String(resource?.url ?? resource);
  if (!ASKS.test(address)) return ask(resource, options);
  try {
    const response = await ask(resource, options);
    look(response);
    return response;
  } catch (error) {
    // A request that a page gave up when it was left is no trouble.
    if (error.name !== "AbortError") tell(AWAY);
    throw error;
  }
};

function look(response) {
  // The session has ended: the login leads back here.
  if (response.status === 401) return location.reload();
  if (response.status >= 500) return tell(FAULT);
  if (told) tell("");
  return null;
}

function tell(text) {
  told = Boolean(text);
  showBanner(text);
}
