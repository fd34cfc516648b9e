// Tokens for the API, and what happens when a session has ended.
(function (lab) {
  const list = () => document.getElementById("tokens");

  // Whatever is asked after the session has ended leads to the login, and back here from there.
  const ask = window.fetch;
  window.fetch = async function (...request) {
    const answer = await ask.apply(this, request);
    const isOurs = answer.url.startsWith(`${location.origin}/`);
    if (answer.status === 401 && isOurs)
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return answer;
  };

  async function show() {
    if (!list()) return;
    const { answer, problem } = await lab.request("GET", "tokens");
    if (!list()) return;
    if (problem) return complain(problem);
    list().replaceChildren(...answer.map(line));
  }

  const complain = (text) => lab.complain(document.querySelector(".access .share-problem"), text);
  const date = (moment) => new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });

  function line({ id, name, created_at, last_used_at }) {
    const used = last_used_at ? `last used ${date(last_used_at)}` : "never used";
    const facts = [`made ${date(created_at)}`, used].map((text) => lab.element("li", { textContent: text }));
    const words = lab.element(
      "div", {}, lab.element("strong", { textContent: name }),
      lab.element("ul", { className: "share-facts quiet" }, ...facts));
    const revoke = lab.element("button", {
      type: "button", className: "button-link", textContent: "Revoke",
      set: { "data-token": "revoke", "data-id": id, "aria-label": `Revoke ${name}` },
    });
    return lab.element("li", { className: "card share-line" }, words, revoke);
  }

  async function make() {
    const field = document.getElementById("token-name");
    const { answer, problem } = await lab.request("POST", "tokens", { name: field.value.trim() });
    complain(problem);
    if (problem) return;
    const { token, name } = answer;
    document.getElementById("new-token").replaceChildren(lab.copyable(`${name}: shown this once`, token));
    show();
  }

  async function revoke({ dataset }) {
    const { problem } = await lab.request("DELETE", `tokens/${dataset.id}`);
    complain(problem);
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
})((window.prunelab = window.prunelab || {}));
