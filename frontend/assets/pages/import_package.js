// Take in a .prunelab.zip: chosen with the button or dropped anywhere beside it.

import { problemIn } from "#basics/request.js";

const place = () => document.querySelector("[data-import]");
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
const WHAT = {
  new: "imported",
  known: "is here already",
  renamed: "imported under a new id, since another has its own",
};
const PAGES = { run: "/runs/", dashboard: "/dashboards/" };
let busy = false;

function say(...content) {
  place()
    ?.querySelector("[data-import-said]")
    .replaceChildren(...content);
}

function refuse(text) {
  say(Object.assign(document.createElement("p"), { className: "import-wrong", textContent: text }));
}

function told({ kind, id, title, state }) {
  const line = document.createElement("li");
  const link = Object.assign(document.createElement("a"), {
    href: PAGES[kind] + id,
    textContent: title || id,
  });
  line.append(`${kind === "run" ? "Run" : "Dashboard"} `, link, ` ${WHAT[state]}`);
  return line;
}

const problemOf = ({ status, responseText }) =>
  status ? problemIn(responseText) : "The connection was lost, and nothing was imported.";

function send(file) {
  if (busy) return;
  const most = Number(place().dataset.most || Infinity);
  if (file.size > most)
    return refuse(
      `${file.name} has ${mib(file.size)}, more than the ${mib(most)} that a package may have.`,
    );
  const request = new XMLHttpRequest();
  request.open("POST", "/api/import");
  request.setRequestHeader("Content-Type", "application/octet-stream");
  request.upload.onprogress = ({ loaded, total }) =>
    say(loaded < total ? `Uploading: ${mib(loaded)} of ${mib(total)}` : "Checking…");
  request.onloadend = () => {
    busy = false;
    place()?.removeAttribute("aria-busy");
    if (request.status !== 200) return refuse(problemOf(request));
    const list = document.createElement("ul");
    list.append(...JSON.parse(request.responseText).map(told));
    say(list);
    document.dispatchEvent(new CustomEvent("prunelab:imported"));
  };
  busy = true;
  place().setAttribute("aria-busy", "true");
  say("Uploading…");
  request.send(file);
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-action=import]")) return;
  const input = Object.assign(document.createElement("input"), { type: "file", accept: ".zip" });
  input.onchange = () => input.files.length && send(input.files[0]);
  input.click();
});

// A file that is dropped must not replace the page.
function over(isOver) {
  if (place()) place().dataset.over = isOver;
}
const isFile = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => {
  if (!place() || !isFile(event)) return;
  event.preventDefault();
  over(true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget || over(false));
document.addEventListener("drop", (event) => {
  if (!place() || !isFile(event)) return;
  event.preventDefault();
  over(false);
  const [file] = event.dataTransfer.files;
  if (file) send(file);
});
