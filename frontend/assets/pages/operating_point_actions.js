// What can be done with an operating point: a run makes its network, and is followed here.

import { copyFrom } from "#basics/copy.js";
import { element } from "#basics/elements.js";
import { request } from "#basics/request.js";
import { linkOf } from "#figures/downloads.js";
import { go } from "#pages/run_actions.js";
import { isOver, STATUS_TITLES } from "#results/stages.js";

const PAUSE_MS = 500;
const PYTHON = "load.py";
const LEARNS = 5; // epochs of fine-tuning, unless others are asked for

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

const button = (textContent, onclick, className = "button-link") =>
  element("button", { type: "button", className, textContent, onclick });

// The elements with which a network is taken away, fine-tuned, and started from.
export function actionsOf(point, told) {
  const said = element("p", { className: "quiet said", set: { role: "status" } });
  const bar = element("progress", { hidden: true, set: { "aria-label": "Progress" } });
  const files = element("div", { className: "operating-point-files" });
  const parts = { said, bar, files, told, point };
  const epochs = element("input", {
    type: "number",
    min: 1,
    max: 1000,
    value: LEARNS,
    set: { "aria-label": "Epochs of fine-tuning" },
  });
  const tune = button("Fine-tune from here", () => fineTune(parts, epochs));
  const buttons = element(
    "div",
    { className: "operating-point-actions" },
    button("Download this network", () => busy(buttons, () => download(parts)), "primary"),
    element("span", {}, tune, epochs, "epochs"),
    button("Use it as the start of another run", () => busy(buttons, () => startFrom(parts))),
  );
  return [buttons, bar, said, files];
}

// While one is done no other is begun.
async function busy(buttons, act) {
  const all = [...buttons.querySelectorAll("button")];
  for (const each of all) each.disabled = true;
  await act();
  for (const each of all) each.disabled = false;
}

const submit = ({ told, point }, more = {}) => {
  const { criterion, granularity, seed, sparsity } = point;
  const body = { criterion, granularity, seed, sparsity, ...more };
  return request("POST", `runs/${told.run}/operating-points`, body);
};

async function fineTune(parts, epochs) {
  if (!epochs.reportValidity()) return;
  const { answer, problem } = await submit(parts, { further_epochs: Number(epochs.value) });
  if (answer) go(`/runs/${answer.id}`);
  else say(parts, problem);
}

async function download(parts) {
  const made = await make(parts);
  if (made) await give(parts, made);
}

async function startFrom(parts) {
  const made = await make(parts);
  if (!made) return;
  const { told } = parts;
  const start = told.start.replace("HASH", made.run.config_hash);
  go(`/?${new URLSearchParams({ ...told.form, start })}`);
}

// The run that makes the network, and its result, once it is done; null where it came to nothing.
async function make(parts) {
  const { said, bar } = parts;
  say(parts, "Asking for the network…");
  const { answer, problem } = await submit(parts);
  if (problem) return say(parts, problem);
  let run = answer;
  bar.hidden = false;
  while (said.isConnected) {
    const { answer: result, problem: none } = await request("GET", `runs/${run.id}/result`);
    if (none) return say(parts, none);
    run = { ...run, status: result.status, error: result.error };
    if (isOver(run)) return ended(parts, run, result);
    tell(parts, run, result);
    await pause();
  }
  return null;
}

function tell(parts, run, { progress }) {
  const { bar } = parts;
  if (progress) Object.assign(bar, { max: progress.total || 1, value: progress.done });
  say(parts, progress?.message || STATUS_TITLES[run.status], true);
}

function ended(parts, run, result) {
  say(parts, "");
  if (run.status === "done") return { run, result };
  return say(parts, run.error || STATUS_TITLES[run.status]);
}

function say({ said, bar }, text, isGoingOn = false) {
  bar.hidden = !isGoingOn;
  said.textContent = text;
  return null;
}

// The files, the Python that loads them, and the way to the run's own page.
async function give({ files, said }, { run, result }) {
  const kindOf = ({ name }) => name.slice(name.lastIndexOf(": ") + 2);
  const links = result.artifacts.map((each) => linkOf(each, kindOf(each), run));
  const page = element("a", { href: `/runs/${run.id}`, textContent: "All of it on its own page" });
  files.replaceChildren(element("div", { className: "file-links" }, ...links), page);
  if (!result.artifacts.some(({ path }) => path === PYTHON)) return;
  const response = await fetch(`/api/runs/${run.id}/artifacts/${PYTHON}`);
  if (!response.ok || !said.isConnected) return;
  const text = (await response.text()).trimEnd();
  const code = element("pre", { textContent: text, tabIndex: 0, set: { "aria-label": "Python" } });
  const copy = button("Copy", () =>
    copyFrom(copy, text, () => getSelection().selectAllChildren(code)),
  );
  files.append(element("div", { className: "operating-point-code" }, code, copy));
}
