// Links and other texts that people take with them.

import { addActions } from "#basics/actions.js";
import { element } from "#basics/elements.js";

const SAID_MS = 1500;

// A line of text with a button that copies it.
export function copyable(title, text) {
  const field = element("input", { readOnly: true, value: text, set: { "aria-label": title } });
  const button = element("button", {
    type: "button",
    className: "button-link",
    textContent: "Copy",
  });
  field.onfocus = () => field.select();
  button.onclick = () => copyFrom(button, text, () => field.select());
  return element("label", { className: "copyable" }, title, element("span", {}, field, button));
}

// Copy a text, which `select` marks on the page, and say so on the button.
export async function copyFrom(button, text, select) {
  // Browsers give the clipboard to secure pages only.
  select();
  if (navigator.clipboard) await navigator.clipboard.writeText(text);
  else document.execCommand("copy");
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), SAID_MS);
}

// Where a button cannot copy by itself.
function showLink(link) {
  const title = "The link of this page";
  const close = element("button", {
    type: "button",
    className: "button-link",
    textContent: "Close",
  });
  const foot = element("div", { className: "share-buttons" }, close);
  const dialog = element(
    "dialog",
    { className: "share-dialog", set: { "aria-label": title } },
    copyable(title, link),
    foot,
  );
  close.onclick = () => dialog.close();
  dialog.onclose = () => dialog.remove();
  document.body.append(dialog);
  dialog.showModal();
}

function copyLink(button) {
  const link = button.dataset.link ? new URL(button.dataset.link, location).href : location.href;
  // Browsers give the clipboard to secure pages only.
  if (!navigator.clipboard) return showLink(link);
  const said = button.querySelector("[data-says]");
  navigator.clipboard.writeText(link).then(() => {
    const before = said.textContent;
    said.textContent = said.dataset.says;
    setTimeout(() => (said.textContent = before), SAID_MS);
  });
}

addActions({ copy: copyLink });
