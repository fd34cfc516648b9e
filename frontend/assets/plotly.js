// Runs Plotly, which takes longer than all other scripts together: once the page has nothing better
// to do, or at the first figure. A page without Dash names it among its scripts.
(function (lab) {
  let loading = null;

  function load() {
    const { href: src } = document.querySelector("link[data-plotly]");
    return new Promise((resolve) => {
      const onerror = () => lab.banner("Plotly could not be loaded: reload the page to see the figures.");
      document.head.append(Object.assign(document.createElement("script"), { src, onload: resolve, onerror }));
    });
  }

  lab.plotly = () => (loading ||= load());

  const whenIdle = window.requestIdleCallback || setTimeout;
  const waiting = new MutationObserver(() => {
    if (!document.querySelector("#page > *")) return;
    waiting.disconnect();
    whenIdle(lab.plotly);
  });
  waiting.observe(document, { childList: true, subtree: true });
})((window.prunelab = window.prunelab || {}));
