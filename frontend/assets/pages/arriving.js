// Coming to a page: what the tab calls it, what a screen reader says of it, and where the keyboard is.

const APP = "PruneLab";

let visits = 0; // the first page's title is read by whoever opens the tab

// What an address is called as soon as it is asked for; of the others their pages say it.
export const titleOf = (words) => (words ? `${words} · ${APP}` : APP);

// The page is there. One that has named itself by then (live.js, dashboard.js) keeps its name.
export function arrived() {
  const page = document.getElementById("page");
  const named = page.querySelector("[data-page-title]")?.dataset.pageTitle;
  const words = named ?? page.querySelector("h1")?.textContent;
  if (named || document.title === APP) document.title = titleOf(words);
  visits += 1;
  if (visits > 1) welcome(page);
}

// What had the focus may have gone with the page before.
function welcome(page) {
  document.getElementById("arrived").textContent = document.title.replace(` · ${APP}`, "");
  if (document.activeElement === document.body) page.focus({ preventScroll: true });
}

// A link that skips leads there without a change of the address, which says where the slider is.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.skip");
  const place = link && document.querySelector(link.hash);
  if (!place) return;
  event.preventDefault();
  place.focus({ preventScroll: true });
  place.scrollIntoView();
});
