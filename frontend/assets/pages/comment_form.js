// The form for a comment: a name and a text, with what is wrong beside each.

import { complain, element } from "#basics/elements.js";
import { keep, kept } from "#basics/kept.js";

const NAME = "prunelab-author";
const MISSING = { name: "Give a name.", text: "Write something." };

let count = 0; // of fields so far, for ids of their own

// `send({name, text})` answers as the server does, and is done with once that has no problem.
export function commentForm(send) {
  const name = field("input", "name", "Name", 60, { autocomplete: "name" });
  const text = field("textarea", "text", "Comment", 2000, { rows: 4 });
  name.input.value = kept(NAME) ?? "";
  const problem = element("p", { className: "comment-problem", hidden: true });
  problem.setAttribute("role", "alert");
  const button = element("button", { className: "button-link primary", textContent: "Send" });
  const hint = element("p", {
    className: "quiet",
    textContent: "Text only. Others see it once it was approved.",
  });
  const foot = element("div", { className: "comment-foot" }, button, hint);
  const form = element("form", { className: "comment-form", noValidate: true });
  form.append(name.box, text.box, problem, foot);
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    const fields = { name, text };
    if (mark(fields, missingIn(fields))) return;
    form.ariaBusy = "true";
    keep(NAME, name.input.value);
    const said = await send({ name: name.input.value, text: text.input.value });
    form.ariaBusy = "false";
    const errors = Object.fromEntries(
      (said.errors ?? []).map((each) => [each.field, each.message]),
    );
    complain(problem, mark(fields, errors) ? "" : said.problem);
    if (!said.problem) text.input.value = "";
  };
  return form;
}

const missingIn = (fields) =>
  Object.fromEntries(
    Object.keys(fields)
      .filter((each) => !fields[each].input.value.trim())
      .map((each) => [each, MISSING[each]]),
  );

// Say beside each field what is wrong with it, and lead to the first; whether any is.
function mark(fields, errors) {
  for (const [each, { input, problem }] of Object.entries(fields)) {
    complain(problem, errors[each]);
    input.setAttribute("aria-invalid", String(Boolean(errors[each])));
  }
  const first = Object.keys(fields).find((each) => errors[each]);
  if (first) fields[first].input.focus();
  return Boolean(first);
}

function field(tag, name, title, maxLength, more) {
  count += 1;
  const problem = element("span", { className: "field-problem", hidden: true });
  problem.id = `comment-problem-${count}`;
  const input = element(tag, { name, maxLength, ...more });
  input.setAttribute("aria-describedby", problem.id);
  const label = element("label", {}, title, input);
  return { input, problem, box: element("div", { className: "comment-field" }, label, problem) };
}
