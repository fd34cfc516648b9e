// What Dash calls in the browser of any page, by the names in Python.

import { arrived, titleOf } from "#pages/arriving.js";
import { openComments } from "#pages/comments.js";
import { openBoard } from "#pages/dashboard.js";
import { leaveBoard } from "#pages/dashboard_live.js";
import { askEstimate } from "#pages/estimate.js";
import { keepForm, keptForm } from "#pages/form.js";
import { writeForm } from "#pages/form_address.js";
import { compareForm, showRunSettings } from "#pages/form_basis.js";
import { offerFitting } from "#pages/form_choices.js";
import { showLayers } from "#pages/form_layers.js";
import { showWord } from "#pages/glossary.js";
import { leaveSheet, openSheet } from "#pages/live.js";

const same = () => window.dash_clientside.no_update;

// The links are one row, which may be wider than its place: the middle one is that of the page.
function showLink(link) {
  if (!link) return;
  const row = link.parentElement;
  row.scrollLeft = link.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
}

// What is open is marked: the page itself, or what it belongs to, as a run does to the runs.
function markLink(link, path) {
  const isWithin = link.pathname !== "/" && path.startsWith(`${link.pathname}/`);
  if (link.pathname === path) link.setAttribute("aria-current", "page");
  else if (isWithin) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

export const callbacks = {
  // Let the server render an address, unless the page shows it already (a run just started here).
  route(path, search, shown) {
    const links = [...document.querySelectorAll(".top nav a")];
    for (const link of links) markLink(link, path);
    document.documentElement.dataset.hide = new URLSearchParams(search).get("hide") ?? "";
    const here = links.find((link) => link.hasAttribute("aria-current"));
    showLink(here);
    if (path + (search || "") === shown) return same();
    leaveSheet();
    showRunSettings(null);
    leaveBoard();
    // Whoever goes back before the answer comes asks anew.
    window.dash_clientside.set_props("shown", { data: null });
    document.title = titleOf(here?.textContent);
    return { path, search, form: keptForm(), asked: Date.now() };
  },
  arrived() {
    arrived();
    return same();
  },
  open(sheet) {
    const page = JSON.parse(sheet);
    openSheet(page);
    showRunSettings(page.form);
    return same();
  },
  board(page) {
    openBoard(JSON.parse(page));
    openComments();
    return same();
  },
  // Only of the page that is shown: one that is being left has an address already that is not its.
  keepForm(values, ids, shown) {
    const isHere = shown === location.pathname + location.search;
    if (!isHere || !document.getElementById("experiment")) return same();
    // As a state of the callback it would have to be on every page.
    const experiment = window.dash_component_api.getLayout("experiment").props.value;
    const entered = Object.fromEntries(ids.map(({ name }, i) => [name, values[i]]));
    keepForm(experiment, entered);
    writeForm(experiment, entered);
    compareForm(experiment, ids, values);
    offerFitting(ids, entered);
    showLayers(entered);
    askEstimate(experiment, entered);
    return same();
  },
  // The settings of a criterion are seen while it is chosen.
  showSettings(chosen, settings) {
    const names = chosen.flat();
    return settings.map(({ owner }) => !names.includes(owner));
  },
  // What the chosen name of a field means.
  explain(value, meanings) {
    return meanings[value] || "";
  },
  // Lead to the first field that was refused; its group may be unfolding just now.
  reveal(...errors) {
    const wrong = () =>
      document.querySelector("#form [aria-invalid=true], #form [class*=Wrapper-error]");
    if (errors.flat().some(Boolean))
      setTimeout(() => {
        wrong()?.scrollIntoView({ block: "center" });
        wrong()?.focus({ preventScroll: true });
      }, 250);
    return same();
  },
  // The glossary is there: lead to the word that the address names.
  showWord() {
    showWord();
    return same();
  },
  // A field that is being mended is no longer marked.
  unmark: () => null,
};
