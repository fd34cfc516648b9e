// Menus that close like menus, and what is taken away from them: fetched, so that a slow one can
// say so and a refused one can say why, and then saved under the name that the server gives it.

import { problemOf, request } from "#basics/request.js";
import { saveFile } from "#basics/save_file.js";
import { placeNow } from "#pages/address.js";
import { stages } from "#results/stages.js";

const SLOW_MS = 400;
const PAGES = ["html", "site.zip"]; // forms that open where the page stands now
const open = () => [...document.querySelectorAll("details[data-menu][open]")];

function close(menu) {
  const hadFocus = menu.contains(document.activeElement);
  menu.open = false;
  if (hadFocus) menu.querySelector("summary").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open().length) return;
  event.preventDefault();
  open().forEach(close);
});
document.addEventListener("pointerdown", ({ target }) => {
  for (const menu of open()) if (!menu.contains(target)) menu.open = false;
});

// ---- Pictures: their names come when the menu opens, since only the server knows them.

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches?.("details[data-menu]") || !target.open) return;
    for (const menu of open()) if (menu !== target) menu.open = false;
    keepInside(target.querySelector(".menu-body"));
    if (target.dataset.figures) list(target);
  },
  true,
);

// On a narrow page the button may be where its menu has no room.
function keepInside(body) {
  body.style.translate = "";
  const { left, right } = body.getBoundingClientRect();
  const shift = Math.max(8 - left, Math.min(0, document.documentElement.clientWidth - 8 - right));
  body.style.translate = `${shift}px`;
}

async function list(menu) {
  const select = menu.querySelector("[data-picture=figure]");
  const { answer, problem } = await request("GET", menu.dataset.figures.replace("/api/", ""));
  if (problem) return say(menu, problem, true);
  const { figures, grids, animations } = answer;
  const chosen = select.value;
  select.replaceChildren(
    select.options[0],
    group("All panels in one picture", "figure", grids),
    group("Figures", "figure", figures),
    group("Animations", "animation", animations),
  );
  select.value = [...select.options].some(({ value }) => value === chosen) ? chosen : "";
  const none = !figures.length;
  for (const field of menu.querySelectorAll(".menu-pictures")) field.disabled = none;
  say(menu, none ? "Nothing has been drawn yet." : "");
  allow(menu);
}

function group(label, kind, entries) {
  const made = Object.assign(document.createElement("optgroup"), {
    label,
    hidden: !entries.length,
  });
  made.append(
    ...entries.map(({ name, title }) => {
      const option = new Option(title, `${kind}/${name}`);
      return option;
    }),
  );
  return made;
}

// What is chosen: a figure has pixels and lines, an animation is a GIF, all of them are both.
const chosenIn = (menu) => {
  const [kind, ...name] = (menu.querySelector("[data-picture=figure]")?.value || "").split("/");
  return { kind, name: name.join("/") };
};

function allow(menu) {
  const { kind } = chosenIn(menu);
  for (const link of menu.querySelectorAll(".menu-pictures [data-export]")) {
    const fits = !kind || (link.dataset.export === "gif") === (kind === "animation");
    link.setAttribute("aria-disabled", String(!fits || link.closest("fieldset").disabled));
  }
}

document.addEventListener("change", ({ target }) => {
  const menu = target.closest?.("details[data-menu]");
  if (menu && target.matches("[data-picture=figure]")) allow(menu);
});

function addressOf(link) {
  const menu = link.closest("details");
  const url = new URL(link.href);
  const form = link.dataset.export;
  const place = PAGES.includes(form) && placeNow();
  if (place) url.searchParams.set("place", place);
  if (form === "tex") addPlace(url);
  if (!link.closest(".menu-pictures")) return url;
  const { kind, name } = chosenIn(menu);
  if (!kind && form !== "gif") {
    url.pathname = url.pathname.replace(/export\.\w+$/, "export.figures.zip");
    url.searchParams.set("format", form);
  }
  if (name) url.searchParams.set("figure", name);
  if (menu.querySelector("[data-picture=dark]").getAttribute("aria-checked") === "true")
    url.searchParams.set("dark", "true");
  addPlace(url);
  return url;
}

// Where the slider is now and what is chosen, if there is but one stage.
function addPlace(url) {
  const [stage, ...others] = stages.values();
  if (others.length || !stage) return;
  if (Number.isFinite(stage.at)) url.searchParams.set("at", stage.at);
  for (const choice of Object.entries(stage.choices))
    url.searchParams.append("choose", choice.join("="));
}

// ---- Taking away

document.addEventListener("click", (event) => {
  const dark = event.target.closest("[data-picture=dark]");
  if (dark)
    return dark.setAttribute("aria-checked", String(dark.getAttribute("aria-checked") !== "true"));
  const link = event.target.closest("a[data-export]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-disabled") !== "true") take(link);
});

async function take(link) {
  const menu = link.closest("details");
  if (menu.getAttribute("aria-busy") === "true") return;
  menu.setAttribute("aria-busy", "true");
  say(menu, "");
  const slow = setTimeout(() => say(menu, "Preparing…"), SLOW_MS);
  try {
    const answer = await fetch(addressOf(link)).catch(() => null);
    if (!answer?.ok) throw new Error(await wrong(answer));
    const name = /filename="(.+)"/.exec(answer.headers.get("Content-Disposition") || "")?.[1];
    saveFile(await answer.blob(), name || "export");
    clearTimeout(slow);
    say(menu, `${name} is saved.`);
  } catch (error) {
    clearTimeout(slow);
    say(menu, error.message, true);
  } finally {
    menu.removeAttribute("aria-busy");
  }
}

const wrong = (answer) => (answer ? problemOf(answer) : "The server does not answer.");

function say(menu, text, isWrong = false) {
  const node = menu.querySelector("[data-menu-said]");
  node.textContent = text;
  node.dataset.wrong = isWrong;
}
