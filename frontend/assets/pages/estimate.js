// How long a run would take: asked once the form has rested for a moment.

const WAIT_MS = 400;

let timer = null;

// What was said stays until something else is: the line does not flicker while one types.
export function askEstimate(experiment, values) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (document.getElementById("estimate"))
      window.dash_clientside.set_props("estimate-asked", { data: { experiment, values } });
  }, WAIT_MS);
}
