// Opens a page that stands by itself, without Dash: a share, an embedded one, a file.
(function (lab) {
  async function boot() {
    const main = document.querySelector("main[data-sheet]");
    if (!main) return;
    const inline = document.getElementById("sheet");
    try {
      lab.open(inline ? JSON.parse(inline.textContent) : await fetched(main.dataset.sheet));
    } catch (error) {
      lab.banner(`This page could not be loaded: ${error.message}. Reload it to try again.`);
    }
  }

  async function fetched(address) {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    return response.json();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", boot);
  else boot();
})((window.prunelab = window.prunelab || {}));
