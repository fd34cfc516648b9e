// Comments below a dashboard or a share: written under any name, seen by others once approved.
// Whoever may edit it switches them on, approves and deletes.

import { addActions } from "#basics/actions.js";
import { complain, element } from "#basics/elements.js";
import { keep, kept } from "#basics/kept.js";
import { ask } from "#basics/request.js";
import { commentForm } from "#pages/comment_form.js";

const SOON_MS = 15_000; // after so long what others have written is looked up
const THANKS = "It is sent, and waits to be approved.";
const OWN = "prunelab-comments"; // the ids of comments that were written here

const places = new WeakMap(); // of sections: what they are made of and what they show

// Fill the sections of the page that show comments; those that are folded wait for that.
export function openComments() {
  for (const section of document.querySelectorAll(".comments")) {
    const folded = section.closest(".folded-comments");
    if (!folded || folded.open) open(section);
  }
}

// It does not bubble.
document.addEventListener("toggle", openComments, true);
window.addEventListener("focus", openComments);
setInterval(() => document.hidden || openComments(), SOON_MS);

function open(section) {
  // Dash may give the same place to another share.
  if (places.get(section)?.address !== section.dataset.comments) places.set(section, made(section));
  return look(places.get(section));
}

function made(section) {
  const { comments: address, edits } = section.dataset;
  const place = { address, isEditor: edits === "true", shown: null };
  const title = element("h2", { textContent: "Comments", tabIndex: -1 });
  const list = element("ol", { className: "comment-list" });
  const said = element("p", { className: "quiet", set: { role: "status" } });
  const problem = element("p", { className: "comment-problem", hidden: true });
  problem.setAttribute("role", "alert");
  const form = commentForm((written) => write(place, written));
  const full = element("p", { className: "quiet", hidden: true });
  full.textContent = "There is no room for another comment.";
  const box = element("input", { type: "checkbox" });
  box.onchange = () => turn(place, box.checked);
  const isOfBoard = address.includes("/dashboards/");
  const apart = isOfBoard ? "Links that are shared have comments of their own." : "";
  const words = element("span", {}, "Readers may comment");
  const also = element("span", { className: "quiet", textContent: apart });
  const head = element("div", { className: "comments-head" }, title);
  if (place.isEditor)
    head.append(element("label", { className: "comment-switch" }, box, words, also));
  section.replaceChildren(head, problem, list, said, full, form);
  return Object.assign(place, { section, title, list, said, problem, form, full, box });
}

async function look(place) {
  const { answer, problem } = await ask("GET", place.address + own(place));
  complain(place.problem, problem);
  if (answer) show(place, answer);
}

// Readers see what they have written, before others do.
function own({ address, isEditor }) {
  const ids = isEditor ? [] : JSON.parse(kept(keyOf(address)) ?? "[]");
  return ids.length ? `?${new URLSearchParams(ids.map((id) => ["own", id]))}` : "";
}

const keyOf = (address) => `${OWN} ${address}`;

function show(place, discussion) {
  const { section, address, title, list, form, full, box, isEditor } = place;
  const text = JSON.stringify(discussion);
  if (text === place.shown) return;
  Object.assign(place, { shown: text, discussion });
  // A button that has done its work is gone.
  const hasFocus = list.contains(document.activeElement);
  list.replaceChildren(...discussion.comments.map((each) => line(each, isEditor)));
  if (hasFocus) title.focus();
  box.checked = discussion.on;
  form.hidden = !discussion.on || !discussion.room;
  full.hidden = !discussion.on || discussion.room > 0;
  const waiting = discussion.comments.filter(({ approved }) => !approved).map(({ id }) => id);
  if (isEditor) count(section, waiting.length);
  else keep(keyOf(address), JSON.stringify(waiting));
}

// Where they are folded the line above says how many wait.
function count(section, waiting) {
  const summary = section.closest(".folded-comments")?.querySelector("summary");
  const words = `${waiting} comment${waiting === 1 ? "" : "s"} to approve`;
  if (summary) summary.textContent = waiting ? `Comments · ${words}` : "Comments";
}

// Whatever was written is text.
function line({ id, name, text, created_at, approved }, isEditor) {
  const moment = new Date(created_at);
  const when = { dateStyle: "medium", timeStyle: "short" };
  const head = element(
    "p",
    { className: "comment-head" },
    element("bdi", { textContent: name }),
    element("time", {
      className: "quiet",
      dateTime: created_at,
      textContent: moment.toLocaleString(undefined, when),
    }),
  );
  if (!approved)
    head.append(element("span", { className: "badge", textContent: "waiting for approval" }));
  const node = element("li", { className: "comment card", set: { "data-comment": id } });
  node.append(head, element("p", { className: "comment-text", textContent: text, dir: "auto" }));
  if (isEditor)
    node.append(element("div", { className: "comment-foot" }, ...buttons(name, approved)));
  return node;
}

function buttons(name, approved) {
  const deletion = button("delete-comment", "Delete", name);
  return approved ? [deletion] : [button("approve-comment", "Approve", name), deletion];
}

const button = (action, title, name) =>
  element("button", {
    type: "button",
    className: "button-link",
    textContent: title,
    set: { "data-action": action, "aria-label": `${title} the comment of ${name}` },
  });

async function write(place, written) {
  const said = await ask("POST", place.address, written);
  place.said.textContent = said.problem ? "" : THANKS;
  if (said.problem) return said;
  const { comments, ...rest } = place.discussion;
  show(place, { ...rest, comments: [...comments, said.answer], room: rest.room - 1 });
  return said;
}

async function turn(place, on) {
  const { answer, problem } = await ask("PUT", place.address, { on });
  complain(place.problem, problem);
  place.box.checked = answer ? answer.on : !on;
  if (answer) show(place, answer);
  if (answer) place.said.textContent = on ? "Readers may comment now." : "Comments are off.";
}

async function change(node, method, rest, done) {
  const place = places.get(node.closest(".comments"));
  const { comment } = node.closest("[data-comment]").dataset;
  node.disabled = true;
  const { problem } = await ask(method, `${place.address}/${comment}${rest}`);
  node.disabled = false;
  complain(place.problem, problem);
  if (problem) return;
  place.said.textContent = done;
  await look(place);
}

function remove(node) {
  const sure = "Really delete?";
  if (node.textContent === sure) return change(node, "DELETE", "", "Deleted.");
  node.textContent = sure;
  node.removeAttribute("aria-label");
  return null;
}

addActions({
  "approve-comment": (node) => change(node, "POST", "/approve", "Approved: others see it now."),
  "delete-comment": remove,
});
