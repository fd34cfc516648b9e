// Tokens for the API, and what happens when a session has ended.

import { copyable } from "#basics/copy.js";
import { complain, element } from "#basics/elements.js";
import { request } from "#basics/request.js";

const list = () => document.getElementById("tokens");

// Whatever is asked after the session has ended leads to the login, and back here from there.
const ask = window.fetch;
window.fetch = async function (...asked) {
  const answer = await ask.apply(this, asked);
  const isOurs = answer.url.startsWith(`${location.origin}/`);
  if (answer.status === 401 && isOurs)
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  return answer;
};

async function show() {
  if (!list()) return;
  const { answer, problem } = await request("GET", "tokens");
  if (!list()) return;
  if (problem) return say(problem);
  list().replaceChildren(...answer.map(line));
}

const say = (text) => complain(document.querySelector(".access .share-problem"), text);
const date = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });

function line({ id, name, created_at, last_used_at }) {
  const used = last_used_at ? `last used ${date(last_used_at)}` : "never used";
  const facts = [`made ${date(created_at)}`, used].map((text) =>
    element("li", { textContent: text }),
  );
  const words = element(
    "div",
    {},
    element("strong", { textContent: name }),
    element("ul", { className: "share-facts quiet" }, ...facts),
  );
  const button = element("button", {
    type: "button",
    className: "button-link",
    textContent: "Revoke",
    set: { "data-token": "revoke", "data-id": id, "aria-label": `Revoke ${name}` },
  });
  return element("li", { className: "card share-line" }, words, button);
}

async function make() {
  const field = document.getElementById("token-name");
  const { answer, problem } = await request("POST", "tokens", { name: field.value.trim() });
  say(problem);
  if (problem) return;
  const { token, name } = answer;
  document.getElementById("new-token").replaceChildren(copyable(`${name}: shown this once`, token));
  show();
}

async function revoke({ dataset }) {
  const { problem } = await request("DELETE", `tokens/${dataset.id}`);
  say(problem);
  document.getElementById("new-token").replaceChildren();
  show();
}

const ACTIONS = { make, revoke };

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-token]");
  if (button) ACTIONS[button.dataset.token](button);
});

// The page comes and goes with Dash.
let shown = null;
new MutationObserver(() => {
  if (list() === shown) return;
  shown = list();
  show();
}).observe(document.documentElement, { childList: true, subtree: true });
