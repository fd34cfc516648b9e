// What Dash calls in the browser of any page, by the names in Python.

import { openBoard } from "#pages/dashboard.js";
import { keepForm, keptForm } from "#pages/form.js";
import { showWord } from "#pages/glossary.js";
import { leaveSheet, openSheet } from "#pages/live.js";

const same = () => window.dash_clientside.no_update;

export const callbacks = {
  // Let the server render an address, unless the page shows it already (a run just started here).
  route(path, search, shown) {
    const links = [...document.querySelectorAll(".top nav a")];
    for (const link of links)
      if (link.pathname === path) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    document.documentElement.dataset.hide = new URLSearchParams(search).get("hide") ?? "";
    const here = links.find((link) => link.pathname === path);
    if (path + (search || "") === shown) return same();
    leaveSheet();
    // Whoever goes back before the answer comes asks anew.
    window.dash_clientside.set_props("shown", { data: null });
    document.title = here ? `${here.textContent} · PruneLab` : "PruneLab";
    return { path, search, form: keptForm(), asked: Date.now() };
  },
  open(sheet) {
    openSheet(JSON.parse(sheet));
    return same();
  },
  board(page) {
    openBoard(JSON.parse(page));
    return same();
  },
  // Only of the page that is shown: one that is being left has an address already that is not its.
  keepForm(values, ids, shown) {
    const isHere = shown === location.pathname + location.search;
    if (!isHere || !document.getElementById("experiment")) return same();
    // As a state of the callback it would have to be on every page.
    const experiment = window.dash_component_api.getLayout("experiment").props.value;
    keepForm(experiment, ids, values);
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
