// Masks that people keep with a run, to come back to them and to show them to others. On a page that
// is frozen they are as they were.

import { addActions } from "#basics/actions.js";
import { askFor } from "#basics/ask.js";
import { complain, element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { paintLast } from "#figures/draw.js";
import { change, handOf, isEmpty } from "#network/hand.js";
import { allShown, moved, stageOf, whenMoved } from "#results/stages.js";

const AUTHOR = "prunelab-author";

const shown = new WeakMap(); // place → the masks that it offers

const canKeep = ({ voices }) => voices.length === 1 && !voices[0].is_frozen;

const isIn = ({ hand }, mask) =>
  String(hand.units) === String(mask.units) && String(hand.cuts) === String(handOf(mask).cuts);

function paint(place) {
  const stage = stageOf(place);
  const masks = stage.page.hand_masks ?? [];
  place.hidden = !stage.page.network || (!masks.length && !canKeep(stage));
  if (shown.get(place) !== masks) {
    shown.set(place, masks);
    place.replaceChildren(...offer(masks), ...(canKeep(stage) ? [form()] : []));
  }
  const select = place.querySelector("select");
  if (select) {
    const current = masks.find((mask) => isIn(stage, mask));
    select.value = current?.id ?? "";
    for (const button of place.querySelectorAll("[data-action=mask-delete]"))
      button.hidden = !current || !canKeep(stage);
  }
  for (const button of place.querySelectorAll("[type=submit]"))
    button.disabled = isEmpty(stage.hand) || !button.form.elements.name.value.trim();
}

function offer(masks) {
  if (!masks.length) return [];
  const none = new Option("choose one", "");
  const options = masks.map(({ id, name, author }) =>
    element("option", { value: id, textContent: author ? `${name} (${author})` : name }),
  );
  const select = element(
    "select",
    { className: "chooser", set: { "data-kept": "" } },
    none,
    ...options,
  );
  const label = element("label", { className: "quiet chooser-label" }, "Kept masks", select);
  const button = element("button", {
    type: "button",
    className: "button-link",
    textContent: "Delete",
    set: { "data-action": "mask-delete" },
  });
  return [label, button];
}

function form() {
  const field = (name, label, maxLength, value = "") =>
    element("input", { name, maxLength, value, placeholder: label, set: { "aria-label": label } });
  return element(
    "form",
    { className: "keep-form", set: { "data-keep": "" } },
    field("name", "Name of this mask", 80),
    field("author", "Your name", 128, localStorage.getItem(AUTHOR) ?? ""),
    element("button", { type: "submit", className: "button-link", textContent: "Keep" }),
    element("span", { className: "keep-problem", hidden: true, set: { role: "alert" } }),
  );
}

document.addEventListener("submit", async (event) => {
  const sent = event.target.closest("[data-keep]");
  if (!sent) return;
  event.preventDefault();
  const stage = stageOf(sent);
  const { units, cuts } = stage.hand;
  const connections = cuts.map((cut) => cut.split(".").map(Number));
  const [name, author] = [sent.elements.name.value, sent.elements.author.value];
  localStorage.setItem(AUTHOR, author);
  const made = { name, author, units, connections };
  const { answer, problem } = await request("POST", `runs/${stage.run.id}/masks`, made);
  complain(sent.querySelector(".keep-problem"), sentence(problem?.replace(/^name: /, "")));
  if (answer) offerOthers(stage, [...stage.page.hand_masks, answer]);
});

const sentence = (text) => text && `${text[0].toUpperCase()}${text.slice(1).replace(/\.?$/, ".")}`;

function offerOthers(stage, masks) {
  stage.page.hand_masks = masks;
  moved();
}

document.addEventListener("input", ({ target }) => {
  const place = target.closest("[data-keep]")?.closest("[data-keeping]");
  if (place) paint(place);
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-kept]")) return;
  const stage = stageOf(target);
  const mask = stage.page.hand_masks.find(({ id }) => id === target.value);
  if (mask) change(stage, handOf(mask));
});

function remove(button) {
  const stage = stageOf(button);
  const mask = stage.page.hand_masks.find((each) => isIn(stage, each));
  const others = stage.page.hand_masks.filter((each) => each !== mask);
  const take = async () => {
    const { problem } = await request("DELETE", `runs/${stage.run.id}/masks/${mask.id}`);
    if (!problem) offerOthers(stage, others);
    return problem;
  };
  const words = "Shares that were made before keep it; nothing else does.";
  askFor({ title: `Delete the mask ${mask.name}?`, words, action: "Delete", take });
}

export const paintKeeping = () => allShown("[data-keeping]").forEach(paint);

addActions({ "mask-delete": remove });
whenMoved(paintKeeping);
paintLast(paintKeeping);
