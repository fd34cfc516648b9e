// Apply the masks of a run to images: choose or drop them, send them, go to the run that does it.

import { complain } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { go } from "#pages/run_actions.js";

const panel = () => document.querySelector("[data-apply]");
const within = (selector) => panel()?.querySelector(selector);
const field = (name) => within(`[data-apply-field=${name}]`);
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
let chosen = { run: "", files: [] };

// What was chosen on the page of another run is forgotten.
const files = () => (chosen.run === panel()?.dataset.apply ? chosen.files : []);
const refuse = (text) => complain(within(".apply-error"), text);

function choose(found) {
  chosen = { run: panel().dataset.apply, files: [...found] };
  const names = chosen.files.map(({ name }) => name);
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  within(".chosen-images").textContent = names.slice(0, 5).join(", ") + more;
  refuse("");
}

function openFiles() {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", multiple: true, accept: panel().dataset.accept });
  input.onchange = () => input.files.length && choose(input.files);
  input.click();
}

// The address of a file's content holds it as base64.
const encoded = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve({ name: file.name, content: reader.result.split(",")[1] ?? "" });
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

async function asked() {
  const at = field("at").value.trim().replace(",", ".");
  if (at && Number.isNaN(Number(at))) throw new Error("At most Q is a number from 0 to 1.");
  if (!files().length) throw new Error("Choose images first.");
  const size = files().reduce((sum, file) => sum + file.size, 0);
  const most = (Number(panel().dataset.most) * 3) / 4;
  if (size > most)
    throw new Error(`These are ${mib(size)}, more than the ${mib(most)} that can be sent at once.`);
  const images = await Promise.all(files().map(encoded));
  return { kind: field("kind").value, at: at === "" ? null : Number(at), images };
}

async function send(button) {
  const { apply } = panel().dataset;
  button.disabled = true;
  refuse("");
  try {
    const { answer, problem } = await request("POST", `runs/${apply}/apply`, await asked());
    // Whoever has left the page meanwhile is not called away.
    if (panel()?.dataset.apply !== apply) return;
    if (answer) go(`/runs/${answer.id}`);
    else refuse(problem);
  } catch (error) {
    refuse(error.message);
  } finally {
    button.disabled = false;
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-apply] [data-action]");
  if (button?.dataset.action === "choose-images") openFiles();
  if (button?.dataset.action === "apply-mask") send(button);
});

// A file that is dropped beside the panel must not replace the page.
const isShown = () => Boolean(panel()?.offsetParent);
const isFile = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
function over(isOver) {
  if (panel()) panel().dataset.over = isOver;
}
document.addEventListener("dragover", (event) => {
  if (!isShown() || !isFile(event)) return;
  event.preventDefault();
  over(Boolean(event.target.closest("[data-apply]")));
});
document.addEventListener("dragleave", (event) => event.relatedTarget || over(false));
document.addEventListener("drop", (event) => {
  if (!isShown() || !isFile(event)) return;
  event.preventDefault();
  over(false);
  if (event.target.closest("[data-apply]")) choose(event.dataTransfer.files);
});
