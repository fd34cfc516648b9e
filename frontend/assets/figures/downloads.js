// The files that a run gives away, as they come: a line for each thing, a link for each kind.

import { paintLast } from "#figures/draw.js";
import { sizeText } from "#results/formats.js";
import { allShown, isOver, stageOf } from "#results/stages.js";
import { whyNone } from "#results/why_none.js";

// "Weight magnitude, units, 80 % removed: ONNX" is of the kind ONNX.
function parted({ name, path }) {
  const colon = name.lastIndexOf(": ");
  return colon < 0 ? [name, path.split(".").at(-1)] : [name.slice(0, colon), name.slice(colon + 2)];
}

// A screen reader lists links without what stands around them.
export function linkOf(artifact, kind, run) {
  const [title] = parted(artifact);
  const path = artifact.path.split("/").map(encodeURIComponent).join("/");
  const icon = Object.assign(document.createElement("span"), { className: "icon icon-download" });
  const size = Object.assign(document.createElement("span"), { className: "number" });
  size.textContent = sizeText(artifact.size);
  const of = Object.assign(document.createElement("span"), { className: "unseen" });
  of.textContent = ` of ${title}, `;
  const node = Object.assign(document.createElement("a"), { className: "button-link" });
  node.href = `/api/runs/${run.id}/artifacts/${path}`;
  node.download = path.split("/").at(-1);
  node.append(icon, kind, of, size);
  return node;
}

function line(title, links) {
  const item = document.createElement("li");
  const name = Object.assign(document.createElement("span"), { textContent: title });
  const files = Object.assign(document.createElement("span"), { className: "file-links" });
  files.append(...links);
  item.append(name, files);
  return item;
}

// What is said while there are no files is about those that will come.
function tellNone(list, stage) {
  if (stage.fold.result.artifacts.length || !stage.voices.every(({ run }) => isOver(run))) return;
  const node = list.parentElement.querySelector(".no-files");
  const why = whyNone("files", stage);
  if (node.textContent !== why) node.textContent = why;
}

const written = new WeakMap(); // list → what it shows

function paintDownloads() {
  for (const list of allShown("[data-files]")) {
    const stage = stageOf(list);
    const { fold, run } = stage;
    const { artifacts } = fold.result;
    tellNone(list, stage);
    const text = JSON.stringify(artifacts);
    if (written.get(list) === text) continue;
    written.set(list, text);
    const lines = new Map();
    for (const artifact of artifacts) {
      const [title, kind] = parted(artifact);
      lines.set(title, [...(lines.get(title) || []), linkOf(artifact, kind, run)]);
    }
    list.replaceChildren(...[...lines].map(([title, links]) => line(title, links)));
  }
}

paintLast(paintDownloads);
