// The theme that was chosen, or the system's, before anything is drawn: no flash of white. What the
// button changes counts on every page, in other tabs, too.
(() => {
  const KEY = "mantine-color-scheme-value";
  const THEMES = ["light", "dark"];
  const root = document.documentElement;

  // A file that was opened from a disk may not be allowed to remember anything.
  function chosen() {
    try {
      return THEMES.find((theme) => theme === localStorage.getItem(KEY));
    } catch {
      return null;
    }
  }

  // An address may say so for this visit: `?theme=dark`. `?hide=form` leaves the form out, for pages
  // of courses.
  const said = new URLSearchParams(location.search);
  let asked = THEMES.find((theme) => theme === said.get("theme"));
  if (said.has("hide")) root.dataset.hide = said.get("hide");
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function show() {
    const theme = asked ?? chosen() ?? (system.matches ? "dark" : "light");
    if (root.dataset.mantineColorScheme !== theme) root.dataset.mantineColorScheme = theme;
  }

  show();
  // Mantine would go back to what it began with.
  new MutationObserver(show).observe(root, { attributeFilter: ["data-mantine-color-scheme"] });
  system.addEventListener("change", show);
  window.addEventListener("storage", show);

  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-theme-toggle]")) return;
    const theme = root.dataset.mantineColorScheme === "dark" ? "light" : "dark";
    asked = asked && theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // Then it is as the system says the next time.
      asked = theme;
    }
    show();
  });
})();
