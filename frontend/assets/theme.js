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

  const system = window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  root.dataset.mantineColorScheme = ["light", "dark"].includes(chosen()) ? chosen() : system;

  // On pages without Dash the button is ours.
  document.addEventListener("click", ({ target }) => {
    if (!target.closest("[data-theme-toggle]")) return;
    root.dataset.mantineColorScheme = root.dataset.mantineColorScheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, root.dataset.mantineColorScheme);
    } catch {
      // Then it is as the system says the next time.
    }
  });
})();
