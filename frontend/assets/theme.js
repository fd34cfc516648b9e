// The theme that was chosen, or the system's, before anything is drawn: no flash of white.
(() => {
  const KEY = "mantine-color-scheme-value";
  const root = document.documentElement;

  // A file that was opened from a disk may not be allowed to remember anything.
  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  // An address may say so for this visit: `?theme=dark`. `?hide=form` leaves the form out, for pages
  // of courses.
  const said = new URLSearchParams(location.search);
  const asked = ["light", "dark"].find((theme) => theme === said.get("theme"));
  if (said.has("hide")) root.dataset.hide = said.get("hide");
  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const own = ["light", "dark"].includes(chosen()) ? chosen() : system;
  root.dataset.mantineColorScheme = asked ?? own;
  // Mantine would go back to what it remembers; what people choose here counts from then on.
  const watching = new MutationObserver(() => {
    if (asked && root.dataset.mantineColorScheme !== asked) root.dataset.mantineColorScheme = asked;
  });
  watching.observe(root, { attributeFilter: ["data-mantine-color-scheme"] });

  // On pages without Dash the button is ours.
  document.addEventListener("click", ({ target }) => {
    if (target.closest("#theme, [data-theme-toggle]")) watching.disconnect();
    if (!target.closest("[data-theme-toggle]")) return;
    root.dataset.mantineColorScheme = root.dataset.mantineColorScheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.mantineColorScheme);
    } catch {
      // Then it is as the system says the next time.
    }
  });
})();
