// The layers of the chosen model, beneath the fields that name layers: pressed, a name goes into the
// field or out of it.

import { element } from "#basics/elements.js";
import { request } from "#basics/request.js";

const WAIT_MS = 400;

const known = new Map(); // the address of a model → its layers, or why nobody knows them
let timer = null;

const listed = (text) =>
  String(text ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

export function showLayers(entered) {
  clearTimeout(timer);
  const nodes = [...document.querySelectorAll("#form [data-layers]")];
  const { model, dataset } = entered;
  if (!nodes.length || !model || !dataset) return;
  const address = `models/${encodeURIComponent(model)}?dataset=${encodeURIComponent(dataset)}`;
  for (const node of nodes) show(node, address, entered);
  // Whoever goes through a list of models is not to have each of them built.
  if (!known.has(address)) timer = setTimeout(ask, WAIT_MS, nodes, address, entered);
}

async function ask(nodes, address, entered) {
  const { answer, problem, status } = await request("GET", address);
  // Where nobody answers, the next change of the form asks again.
  if (!status) known.set(address, answer ? answer.layers : problem);
  else if (status !== 503) known.set(address, problem);
  for (const node of nodes) if (node.isConnected) show(node, address, entered);
}

// What a field names may have changed, or the model.
function show(node, address, entered) {
  const layers = known.get(address);
  const { layers: field } = node.dataset;
  node.hidden = !layers;
  if (!layers) return;
  if (node.dataset.shown !== address) {
    node.dataset.shown = address;
    fill(node, layers);
  }
  const chosen = listed(entered[field]);
  for (const button of node.querySelectorAll("button"))
    button.setAttribute("aria-pressed", chosen.includes(button.value));
}

function fill(node, layers) {
  const list = node.querySelector(".layer-names");
  if (typeof layers === "string") return list.replaceChildren(layers);
  list.replaceChildren(
    ...layers.map(({ name, units, kind }) =>
      element("button", {
        type: "button",
        value: name,
        className: "layer-name",
        textContent: name,
        title: `${kind}, ${units.toLocaleString()} units`,
        onclick: () => toggle(node.dataset.layers, name),
      }),
    ),
  );
}

function toggle(field, name) {
  const input = document.querySelector(`#form input[id*='"name":"${field}"']`);
  const names = listed(input.value);
  const rest = names.filter((each) => each !== name);
  const value = (rest.length < names.length ? rest : [...names, name]).join(", ");
  window.dash_clientside.set_props(JSON.parse(input.id), { value });
}
