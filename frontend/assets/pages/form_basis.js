// What the form could go back to: the settings of the run that is shown, and its defaults. Where it
// differs from the run beside it, it says so.

import { addActions } from "#basics/actions.js";
import { forgetForm } from "#pages/form.js";

let form = null; // what the form shows: {experiment, ids, values}
let run = null; // what that of the run that is shown would show: {experiment, values}

const textOf = (value) => String(value ?? "");

// A run that was just started has the settings that the form has.
export function showRunSettings(shown) {
  const known = form && Object.fromEntries(form.ids.map(({ name }, i) => [name, form.values[i]]));
  run = shown && { ...shown, values: shown.values ?? known };
  tell();
}

export function compareForm(experiment, ids, values) {
  form = { experiment, ids, values };
  // What was run already is no longer what the form says.
  if (document.querySelector("#form .run-already"))
    window.dash_clientside.set_props("form-alert", { children: null });
  tell();
}

const defaults = () =>
  JSON.parse(document.querySelector("[data-form-defaults]")?.dataset.formDefaults ?? "null");

// Of the controls those that show something else.
function differing(values) {
  return form.ids.filter(({ name }, i) => textOf(form.values[i]) !== textOf(values[name]));
}

function tell() {
  const row = document.querySelector(".form-differs");
  if (!row || !form) return;
  const text = said();
  const isDefault = !differing(defaults()).length;
  row.querySelector("[data-form-said]").textContent = text;
  row.querySelector("[data-action=form-to-run]").hidden = !text;
  row.querySelector("[data-action=form-to-defaults]").hidden = isDefault;
  row.hidden = !text && isDefault;
}

function said() {
  if (!run?.values || !document.getElementById("run")) return "";
  if (run.experiment !== form.experiment) return "This form is not that of the run shown.";
  const count = differing(run.values).length;
  if (!count) return "";
  return `${count} ${count > 1 ? "settings differ" : "setting differs"} from the run shown.`;
}

function change(values) {
  for (const id of differing(values))
    window.dash_clientside.set_props(id, { value: values[id.name] });
}

// The form of another experiment comes from the server, as at a reload.
function takeRun() {
  if (run.experiment === form.experiment) return change(run.values);
  forgetForm();
  location.reload();
}

addActions({ "form-to-run": takeRun, "form-to-defaults": () => change(defaults()) });
