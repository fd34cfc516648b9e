// The slider: where it stands, what it says, and playing through all of its places.
(function (lab) {
  const STEP_MS = 300;
  const CALM_STEP_MS = 1000; // for people who asked their system for less motion

  let timer = null;

  const nearest = (places, value) =>
    places.reduce((best, at) => (Math.abs(at - value) < Math.abs(best - value) ? at : best));

  lab.move = function (value) {
    const { places, labels } = lab.page;
    lab.at = nearest(places, value);
    const label = labels[places.indexOf(lab.at)];
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
    window.dash_clientside.set_props("place", { value: lab.page.places[place] });
  }

  function showPlaying() {
    const button = document.querySelector("[data-action=play]");
    if (!button) return;
    button.dataset.playing = Boolean(timer);
    button.setAttribute("aria-label", timer ? "Pause" : "Play through all places");
  }
})((window.prunelab = window.prunelab || {}));
