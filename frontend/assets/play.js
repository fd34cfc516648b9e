// The slider: where it stands, what it says, and playing through all of its places.
(function (lab) {
  const STEP_MS = 300;
  const CALM_STEP_MS = 1000; // for people who asked their system for less motion

  let timer = null;

  const nearest = (positions, value) =>
    positions.reduce((best, at, i) =>
      Math.abs(at - value) < Math.abs(positions[best] - value) ? i : best, 0);

  // `value` is a position on the slider, which need not be the place that stands there.
  lab.move = function (value) {
    const { places, positions, labels } = lab.page;
    const here = nearest(positions, value);
    lab.at = places[here];
    const label = labels[here];
    const text = document.querySelector("#run [data-live=place]");
    if (text) text.textContent = label;
    const thumb = document.querySelector("#place [role=slider]");
    thumb?.setAttribute("aria-valuetext", label);
    lab.repaint();
  };

  lab.pause = function () {
    clearInterval(timer);
    timer = null;
    showPlaying();
  };

  lab.play = function () {
    if (timer) return lab.pause();
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (lab.at === lab.page.places.at(-1)) go(0);
    timer = setInterval(step, calm ? CALM_STEP_MS : STEP_MS);
    showPlaying();
  };

  function step() {
    const here = lab.page.places.indexOf(lab.at);
    if (here + 1 < lab.page.places.length) go(here + 1);
    else lab.pause();
  }

  function go(place) {
    window.dash_clientside.set_props("place", { value: lab.page.positions[place] });
  }

  function showPlaying() {
    const button = document.querySelector("[data-action=play]");
    if (!button) return;
    button.dataset.playing = Boolean(timer);
    button.setAttribute("aria-label", timer ? "Pause" : "Play through all places");
  }
})((window.prunelab = window.prunelab || {}));
