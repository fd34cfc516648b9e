// The glossary: searched as one types, and led to the word that the address names.

const field = "#glossary-search";

document.addEventListener("input", ({ target }) => {
  if (target.matches(field)) search(target.value);
});

// All words that are typed have to be somewhere in an entry.
function search(typed) {
  const page = document.getElementById("glossary");
  const wanted = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of page.querySelectorAll("[data-glossary=group]")) {
    const title = group.querySelector("h2").textContent;
    const entries = [...group.querySelectorAll("[data-glossary=entry]")];
    for (const entry of entries) {
      const text = `${entry.textContent} ${entry.dataset.words} ${title}`.toLowerCase();
      entry.hidden = !wanted.every((word) => text.includes(word));
    }
    const shown = entries.filter((entry) => !entry.hidden).length;
    group.hidden = !shown;
    found += shown;
  }
  // The field stays where it is, and covers nothing.
  page.querySelector("[data-glossary=group]:not([hidden])")?.scrollIntoView({ block: "start" });
  const all = page.querySelectorAll("[data-glossary=entry]").length;
  page.querySelector("[role=status]").textContent = wanted.length ? said(found, all) : "";
  page.querySelector("nav").hidden = wanted.length > 0;
}

const said = (found, all) =>
  found ? `${found} of ${all} words` : "Nothing is called so: try a shorter word.";

// The page comes after its address, so that the browser finds no such place by itself.
export function showWord() {
  const { word } = document.getElementById("glossary").dataset;
  const name = decodeURIComponent(location.hash.slice(1)) || word;
  const named = name && document.getElementById(name);
  if (named) named.scrollIntoView({ block: "start" });
  for (const entry of document.querySelectorAll("[data-glossary=entry]"))
    entry.toggleAttribute("data-here", entry === named);
}

addEventListener("hashchange", () => document.getElementById("glossary") && showWord());
