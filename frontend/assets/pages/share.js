// Sharing what a page shows: asks how in a dialog, then gives the link; and revoking in the list.

import { copyable } from "#basics/copy.js";
import { complain, element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { placeNow } from "#pages/address.js";
import { embedCode } from "#pages/embed_code.js";

const PICTURE = { width: 1200, height: 630, format: "png" };
const DAY_MS = 86400000;

// A picture of the first figure that is drawn, for previews of the link; null without one.
async function picture() {
  const plot = document.querySelector("#page [data-figure].js-plotly-plot");
  if (!plot || !window.Plotly) return null;
  try {
    const paper = getComputedStyle(document.body).backgroundColor;
    const layout = { ...plot.layout, paper_bgcolor: paper, autosize: false, ...PICTURE };
    const url = await window.Plotly.toImage({ data: plot.data, layout }, PICTURE);
    return url.split(",")[1] || null;
  } catch {
    return null; // The link works without.
  }
}

const EXPIRIES = [
  ["", "Never"],
  ["1", "In a day"],
  ["7", "In 7 days"],
  ["30", "In 30 days"],
  ["date", "On a date"],
];

function fields() {
  const title = element("input", { name: "title", maxLength: 200, placeholder: "as on this page" });
  const options = EXPIRIES.map(([value, text]) => element("option", { value, textContent: text }));
  const expires = element("select", { name: "expires" }, ...options);
  const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
  const date = element("input", {
    name: "date",
    type: "date",
    min: tomorrow,
    value: tomorrow,
    hidden: true,
    disabled: true,
    set: { "aria-label": "Expires on" },
  });
  expires.onchange = () => {
    date.required = expires.value === "date";
    date.hidden = !date.required;
    // What is hidden and wrong would hold the form up without a word.
    date.disabled = date.hidden;
  };
  const password = element("input", {
    name: "password",
    type: "password",
    minLength: 8,
    maxLength: 1024,
    autocomplete: "new-password",
    placeholder: "none",
  });
  const comments = element("input", { name: "comments", type: "checkbox" });
  return [
    element("label", {}, "Title", title),
    element("label", {}, "Expires", expires, date),
    element("label", {}, "Password", password),
    element("label", { className: "share-comments" }, comments, "Readers may comment"),
  ];
}

function wanted(form, source) {
  const { title, expires, date, password, comments } = form.elements;
  const end = new Date(`${date.value}T23:59:59`);
  return {
    source,
    title: title.value.trim(),
    takes_comments: comments.checked,
    ...(password.value && { password: password.value }),
    ...(expires.value === "date" && { expires_at: end.toISOString() }),
    ...(Number(expires.value) && { expires_in_days: Number(expires.value) }),
  };
}

function open(button) {
  const source = JSON.parse(button.dataset.shareSource);
  const problem = element("p", {
    className: "share-problem",
    hidden: true,
    set: { role: "alert" },
  });
  const close = element("button", {
    type: "button",
    className: "button-link",
    textContent: "Close",
  });
  const submit = element("button", {
    className: "button-link primary",
    textContent: "Make the link",
  });
  const form = element(
    "form",
    {},
    ...fields(),
    problem,
    element("div", { className: "share-buttons" }, close, submit),
  );
  const words = element("p", {
    className: "quiet",
    textContent: "Everybody with the link sees what is here as it stands now, and nothing else.",
  });
  const heading = element("h2", { textContent: "Share", id: "share-title" });
  const dialog = element(
    "dialog",
    { className: "share-dialog", set: { "aria-labelledby": "share-title" } },
    heading,
    words,
    form,
  );
  close.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  form.onsubmit = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    complain(problem, "");
    const body = { ...wanted(form, source), picture: await picture() };
    const { answer, problem: wrong } = await request("POST", "shares", body);
    submit.disabled = false;
    if (wrong) complain(problem, wrong);
    else form.replaceWith(made(answer, close));
  };
  document.body.append(dialog);
  dialog.showModal();
}

function made(share, close) {
  const place = placeNow();
  // It opens as it stands here: the slider, what is chosen and hidden, what is removed by hand.
  const here = (link) => (place ? `${link}#${place}` : link);
  const frame = embedCode(share.title, here(share.embed_link));
  const warning = element("p", { className: "share-warning", set: { role: "status" } });
  complain(warning, share.warning);
  const list = element("a", { href: "/shares", textContent: "all shares" });
  const note = element(
    "p",
    { className: "quiet" },
    "The link is shown this once. To revoke it, see ",
    list,
    ".",
  );
  return element(
    "div",
    { className: "share-made", set: { "data-testid": "share-made" } },
    copyable("Link", here(share.link)),
    warning,
    copyable("To embed it in a page", frame),
    note,
    element("div", { className: "share-buttons" }, close),
  );
}

// In the list: Revoke asks once more, in its own place.
function ask(button, isAsked = true) {
  const actions = button.closest(".share-actions");
  actions.querySelector("[data-share=ask]").hidden = isAsked;
  actions.querySelector(".share-sure").hidden = !isAsked;
  actions.querySelector(isAsked ? "[data-share=keep]" : "[data-share=ask]").focus();
}

async function revoke(button) {
  button.disabled = true;
  const { problem } = await request("DELETE", `shares/${button.dataset.id}`);
  complain(document.querySelector(".shares .share-problem"), problem);
  button.disabled = false;
  document.getElementById("shares-changed")?.click();
}

const ACTIONS = { open, ask, revoke, keep: (button) => ask(button, false) };

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-share]");
  if (button) ACTIONS[button.dataset.share](button);
});
