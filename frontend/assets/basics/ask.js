// A question in a dialog, which stays open with what was typed until the answer is taken.

import { element } from "#basics/elements.js";

// `take` gets what was typed, and returns what is wrong with it if anything is. Without a
// `field` to write into it is a question for yes or no; `not` is what the latter is called.
export function askFor({
  title,
  words = "",
  field,
  value = "",
  problem = "",
  action,
  not = "Cancel",
  take,
}) {
  const input = field && element("input", { type: "text", value });
  const said = element("p", {
    className: "choose-problem",
    textContent: problem,
    set: { role: "alert" },
  });
  const close = element("button", { type: "button", className: "button-link", textContent: not });
  const submit = element("button", { className: "primary", textContent: action });
  const form = element(
    "form",
    {},
    element("h2", { textContent: title, id: "ask-title" }),
    input
      ? element("label", { className: "choose-label" }, field, input)
      : element("p", { textContent: words }),
    said,
    element("div", { className: "dialog-foot" }, close, submit),
  );
  const dialog = element(
    "dialog",
    { className: "dialog ask-dialog", set: { "aria-labelledby": "ask-title" } },
    form,
  );
  close.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  form.onsubmit = async (event) => {
    event.preventDefault();
    submit.disabled = true;
    said.textContent = (await take(input?.value)) || "";
    submit.disabled = false;
    if (said.textContent) input?.focus();
    else dialog.close();
  };
  document.body.append(dialog);
  dialog.showModal();
  input?.select();
}
