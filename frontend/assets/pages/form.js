// The form: what was typed is there again after Back and after a reload; keys as in any form.

const FORMS_KEPT = 50;
const nameOf = (number) => `prunelab-form-${number}`;

// Keep what the form shows, for this place in the tab's history. The history itself would take
// it too, but browsers refuse to write there at every key.
export function keepForm(experiment, values) {
  const number = history.state?.form || numbered();
  sessionStorage.setItem(nameOf(number), JSON.stringify({ experiment, values }));
}

function numbered() {
  const form = 1 + Number(sessionStorage.getItem("prunelab-forms"));
  sessionStorage.setItem("prunelab-forms", form);
  sessionStorage.removeItem(nameOf(form - FORMS_KEPT));
  history.replaceState({ ...history.state, form }, "");
  return form;
}

// What the form showed when this place was left; null of one that had none.
export const keptForm = () => JSON.parse(sessionStorage.getItem(nameOf(history.state?.form)));

// A run has settings of its own: what was made of them on its page is the next run's, once that
// is started. The page before any run keeps what was typed.
export function forgetForm() {
  if (location.pathname === "/") return;
  sessionStorage.removeItem(nameOf(history.state?.form));
}

// Enter in a field runs.
document.addEventListener("keydown", (event) => {
  if (
    event.key === "Enter" &&
    event.target.matches("#form input[type=text], #form input:not([type])")
  )
    setTimeout(() => document.getElementById("submit")?.click());
});

// Arrows step through whole numbers.
document.addEventListener("keydown", (event) => {
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  const { target } = event;
  if (!step || !target.matches("#form input[inputmode=numeric]")) return;
  const value = Number(target.value) + step;
  if (!Number.isSafeInteger(value)) return;
  event.preventDefault();
  window.dash_clientside.set_props(JSON.parse(target.id), { value: String(value) });
});
