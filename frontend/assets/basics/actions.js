// What buttons do, by their `data-action`.

const actions = {};

// Each module adds its own: {ACTION: (button) => …}.
export const addActions = (more) => Object.assign(actions, more);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button) actions[button.dataset.action]?.(button);
});
