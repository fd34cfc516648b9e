// The page of datasets: upload a file or import one that waits, say how far it is, delete.

import { askFor } from "#basics/ask.js";
import { problemIn, request } from "#basics/request.js";

const importer = () => document.getElementById("importer");
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
let busy = false;

function say(message, share) {
  const card = importer();
  if (!card) return;
  card.dataset.busy = busy;
  card.querySelector(".message").textContent = message;
  card.querySelector(".bar").setAttribute("aria-valuenow", Math.round(100 * share));
  card.querySelector(".bar > div").style.width = `${100 * share}%`;
}

function refuse(text) {
  const card = importer();
  if (!card) return;
  const error = card.querySelector(".importer-error");
  error.textContent = text;
  error.hidden = !text;
  if (text) error.scrollIntoView({ block: "nearest" });
}

const changed = () => document.getElementById("datasets-changed")?.click();

// Send an import and follow the lines of its answer.
function send(address, type, body) {
  const sending = new XMLHttpRequest();
  let read = 0;
  let ended = false;

  function hear(line) {
    const { progress, dataset, problem } = JSON.parse(line);
    if (progress) return say(progress.message, progress.done / (progress.total || 1));
    ended = true;
    refuse(problem ? problem.detail : "");
    say(dataset ? `${dataset.title} is there.` : "", dataset ? 1 : 0);
    if (dataset) changed();
  }

  function listen() {
    if (sending.status !== 200) return;
    const end = sending.responseText.lastIndexOf("\n") + 1;
    sending.responseText.slice(read, end).split("\n").filter(Boolean).forEach(hear);
    read = end;
  }

  function finish() {
    busy = false;
    listen();
    if (ended) return say(importer()?.querySelector(".message").textContent || "", 1);
    say("", 0);
    if (sending.status === 0 || sending.status === 200)
      refuse("The connection was lost, and nothing was imported.");
    else refuse(problemIn(sending.responseText));
  }

  busy = true;
  refuse("");
  say("Starting…", 0);
  sending.open("POST", address);
  sending.setRequestHeader("Content-Type", type);
  sending.upload.onprogress = ({ loaded, total }) =>
    say(`Uploading: ${mib(loaded)} of ${mib(total)}`, loaded / total);
  sending.onprogress = listen;
  sending.onloadend = finish;
  sending.send(body);
}

// To what images are scaled and cropped, where somebody says so.
function side() {
  const pixels = document.getElementById("dataset-side").value.trim();
  return pixels && { side: Number(pixels) };
}

function upload(file) {
  if (busy) return;
  const most = Number(importer().dataset.most);
  if (file.size > most)
    return refuse(
      `${file.name} has ${mib(file.size)}, more than the ${mib(most)} that an upload may have.`,
    );
  const name = document.getElementById("dataset-name").value.trim();
  const query = new URLSearchParams({ file: file.name, ...(name && { name }), ...side() });
  send(`/api/datasets?${query}`, "application/octet-stream", file);
}

function choose() {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = importer().dataset.accept;
  input.onchange = () => input.files.length && upload(input.files[0]);
  input.click();
}

function placed({ dataset }) {
  const asked = { file: dataset.file, ...side() };
  if (!busy) send("/api/datasets/placed", "application/json", JSON.stringify(asked));
}

function remove({ dataset }) {
  askFor({
    title: `Delete the dataset ${dataset.name}?`,
    words: "Runs that used it keep their results.",
    action: "Delete",
    async take() {
      const { problem } = await request("DELETE", `datasets/${dataset.name}`);
      changed();
      return problem;
    },
  });
}

const ACTIONS = { choose, placed, delete: remove };

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-dataset]");
  if (button) ACTIONS[button.dataset.dataset](button);
});

// A file that is dropped beside the card must not replace the page.
document.addEventListener("dragover", (event) => {
  if (!importer()) return;
  event.preventDefault();
  importer().dataset.over = Boolean(event.target.closest("#importer"));
});
document.addEventListener("dragleave", () => {
  if (importer()) importer().dataset.over = false;
});
document.addEventListener("drop", (event) => {
  if (!importer()) return;
  event.preventDefault();
  importer().dataset.over = false;
  const [item] = event.dataTransfer.items;
  if (!event.target.closest("#importer") || item?.kind !== "file") return;
  if (item.webkitGetAsEntry?.()?.isDirectory)
    return refuse("Pack the folder as a .zip first, then drop that.");
  upload(item.getAsFile());
});

// A picture that could not be drawn leaves its place empty.
document.addEventListener(
  "error",
  ({ target }) => {
    if (target.matches?.(".dataset-picture img")) target.hidden = true;
  },
  true,
);
