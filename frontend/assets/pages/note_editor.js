// The editor of a note: its Markdown, and pictures that are chosen, pasted or dropped into it.

import { complain, element } from "#basics/elements.js";
import { upload } from "#basics/request.js";

const MOST_LETTERS = 20_000;
const KINDS = ["image/png", "image/jpeg", "image/webp", "image/gif"];

// `keep` takes the note whenever it changes; `end` is called once nobody is at it.
export function noteEditor(note, { dashboard, keep, end }) {
  const text = element("textarea", {
    className: "note-text",
    value: note,
    maxLength: MOST_LETTERS,
    placeholder: "Markdown",
    set: { "aria-label": "The note, in Markdown" },
  });
  const button = element(
    "button",
    { className: "button-link", type: "button", title: "PNG, JPEG, WebP or GIF, up to 2 MiB" },
    element("span", { className: "icon icon-picture" }),
    "Picture",
  );
  const said = element("p", { className: "note-said", hidden: true, set: { role: "alert" } });
  const foot = element("div", { className: "note-foot" }, button, said);
  const editor = element("div", { className: "note-editor" }, text, foot);
  editor.dataset.typing = "";

  let busy = false; // while a picture is chosen or uploaded: the editor has to stay
  const take = async (choosing) => {
    if (busy) return;
    busy = button.disabled = true;
    complain(said, await taken(text, dashboard, await choosing));
    busy = button.disabled = false;
    // Whoever has gone on meanwhile is not called back.
    if (isAtNothing() && editor.isConnected) text.focus();
    else if (!editor.contains(document.activeElement)) leave();
  };
  const leave = () => {
    delete editor.dataset.typing;
    end();
  };

  text.addEventListener("input", () => keep(text.value));
  editor.addEventListener("focusin", () => {
    editor.dataset.typing = "";
  });
  editor.addEventListener("focusout", ({ relatedTarget }) => {
    if (!busy && !editor.contains(relatedTarget)) leave();
  });
  // A press would take the focus, and some browsers give it to no button.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => take(chosen()));
  text.addEventListener("paste", (event) => {
    const { clipboardData } = event;
    // A table that is copied has a picture of itself beside its words.
    if (clipboardData.types.includes("text/plain") || !clipboardData.files.length) return;
    event.preventDefault();
    take([...clipboardData.files]);
  });
  editor.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  editor.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  return editor;
}

const hasFiles = ({ dataTransfer }) => dataTransfer.types.includes("Files");
const isAtNothing = () => !document.activeElement || document.activeElement === document.body;

// The files that somebody chooses; none of those who think better of it.
const chosen = () =>
  new Promise((decide) => {
    const input = element("input", { type: "file", accept: KINDS.join(), multiple: true });
    input.onchange = () => decide([...input.files]);
    input.oncancel = () => decide([]);
    input.click();
  });

// Put pictures where the cursor is, one after the other; what is wrong with the first that is refused.
async function taken(text, dashboard, files) {
  for (const [place, file] of files.entries()) {
    const query = new URLSearchParams({ file: file.name.slice(-200) });
    const { answer, problem } = await upload(`dashboards/${dashboard}/pictures?${query}`, file);
    if (problem) return files.length > 1 ? `${file.name}: ${problem}` : problem;
    if (!insert(text, `${place ? "\n" : ""}${answer.markdown}`))
      return "The note is full: no letter more fits in.";
  }
  return "";
}

// Whether there was room for it, if the note is still there.
function insert(text, markdown) {
  if (!text.isConnected) return true;
  const { selectionStart, selectionEnd, value } = text;
  if (value.length + markdown.length > MOST_LETTERS) return false;
  text.setRangeText(markdown, selectionStart, selectionEnd, "end");
  text.dispatchEvent(new InputEvent("input", { bubbles: true }));
  return true;
}
