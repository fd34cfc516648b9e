// What a formula or a table would be as a dataset, shown while it is typed; nothing is kept of it.

import { element } from "#basics/elements.js";
import { problemIn, request } from "#basics/request.js";

const NOTHING = { grid: [], points: [], problem: "", at: null };

// What is shown of each way; `isStale` says that what was typed since has no picture of its own.
export const shown = {};

// Nothing is typed yet.
export function forget() {
  Object.assign(shown, { formula: NOTHING, csv: NOTHING });
}

let asked = 0;

// Ask for the picture of what there is, and show it, unless something else was typed meanwhile.
// `tool` is the node of the tool, `draw` draws what is shown.
export async function preview(way, source, draw) {
  const mine = ++asked;
  const answer = source.isEmpty ? NOTHING : await ask[way](source);
  if (mine !== asked || !source.tool.isConnected) return;
  const { grid = [], points = [] } = answer;
  const isStale = Boolean(answer.problem) && !grid.length && !points.length;
  // The last picture stays, faded: it is not that of what stands beside it.
  const { grid: last, points: lastPoints } = shown[way];
  shown[way] = isStale
    ? { ...answer, grid: last, points: lastPoints, isStale }
    : { ...answer, isStale };
  say[way](source, shown[way]);
  draw();
}

const ask = {
  async formula({ formula, classes }) {
    const path = "datasets/points/formula/preview";
    const { answer, problem } = await request("POST", path, { formula, classes });
    return answer ? { ...NOTHING, ...answer } : { ...NOTHING, problem };
  },
  async csv({ content, file }) {
    const query = new URLSearchParams({ file });
    const { answer, problem } = await sendFile(`/api/datasets/points/preview?${query}`, content);
    if (!answer) return { ...NOTHING, problem };
    const points = answer.x.map((x, i) => [x, answer.y[i], answer.label[i]]);
    return { ...NOTHING, ...answer, points };
  },
};

// A file as the body of a request: `{ answer }`, or `{ problem }`.
export async function sendFile(address, body, lost = "The server does not answer.") {
  try {
    const headers = { "content-type": "application/octet-stream" };
    const response = await fetch(address, { method: "POST", headers, body });
    const text = await response.text();
    return response.ok ? { answer: JSON.parse(text) } : { problem: problemIn(text) };
  } catch {
    return { problem: lost };
  }
}

const say = {
  // The formula with the place in it at which it cannot be read.
  formula({ tool, formula }, { at, problem }) {
    const place = element("mark", { textContent: formula[at] ?? "␣" });
    const line = [element("code", {}, formula.slice(0, at), place, formula.slice(at + 1)), " "];
    mark(tool, "formula", problem ? [...(at === null ? [] : line), problem] : []);
  },
  // The classes with how many points each has.
  csv({ tool }, { problem, isStale, classes = [], counts = [], text = "" }) {
    mark(tool, "csv", problem ? [problem] : []);
    const colours = JSON.parse(tool.dataset.colours);
    const items = (isStale ? [] : classes).map((name, label) => {
      const spot = element("span", { className: "points-spot" });
      spot.style.background = colours[label];
      const count = element(
        "span",
        { className: "number quiet" },
        counts[label].toLocaleString("en"),
      );
      return element("li", {}, spot, element("span", { textContent: name }), count);
    });
    const node = tool.querySelector(".points-counted");
    node.querySelector("ul").replaceChildren(...items);
    node.querySelector("p").textContent = isStale ? "" : text;
  },
};

// What is wrong stands at its field, which says so, too.
function mark(tool, name, words) {
  const node = tool.querySelector(`.points-mark[data-of=${name}]`);
  const field = document.getElementById(`points-${name}`);
  node.hidden = !words.length;
  node.replaceChildren(...words);
  field.setAttribute("aria-invalid", String(words.length > 0));
  field.setAttribute("aria-describedby", node.id);
}
