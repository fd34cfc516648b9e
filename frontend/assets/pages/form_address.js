// What was changed on a form that was not run yet is in the address of its page, as
// `?experiment=toy&dataset=circle`, so that it can be sent. What the form shows by itself is left out.

const WAIT_MS = 350;
// Addresses are for sending: longer ones are cut by what they are sent through.
const MOST_LETTERS = 2000;

const firsts = new WeakMap(); // form → what it showed at first
let timer = null;

const textOf = (value) => (Array.isArray(value) ? value.join(",") : String(value ?? ""));

// Of the page before any run; runs have addresses of their own.
export function writeForm(experiment, values) {
  clearTimeout(timer);
  const form = document.getElementById("form");
  if (location.pathname !== "/" || !form) return;
  const first = firstOf(form, experiment, values);
  timer = setTimeout(write, WAIT_MS, form, addressOf(first, experiment, values));
}

// What is asked for at first is asked for still when another experiment is chosen and left again.
function firstOf(form, experiment, values) {
  const known = firsts.get(form) ?? { experiment, search: location.search, shown: {} };
  firsts.set(form, known);
  const shown = known.shown[experiment];
  // For a moment the form still has the fields of the experiment before.
  if (!shown || String(Object.keys(shown)) !== String(Object.keys(values)))
    known.shown[experiment] = values;
  return known;
}

function addressOf(first, experiment, values) {
  const isFirst = experiment === first.experiment;
  const query = new URLSearchParams(isFirst ? first.search : "");
  const shown = first.shown[experiment];
  const changed = Object.keys(values).filter(
    (name) => textOf(values[name]) !== textOf(shown[name]),
  );
  if (!isFirst) for (const [name, value] of kept(first.search)) query.set(name, value);
  if ((changed.length || !isFirst) && !query.has("run") && !query.has("recipe"))
    query.set("experiment", experiment);
  for (const name of changed) query.set(name, textOf(values[name]));
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  return text.length > MOST_LETTERS ? null : location.pathname + (text && `?${text}`);
}

// What is of the page, and not of its form.
const kept = (search) =>
  [...new URLSearchParams(search)].filter(([name]) => ["hide", "theme"].includes(name));

function write(form, address) {
  const isHere = document.getElementById("form") === form && location.pathname === "/";
  if (!isHere || address === null || address === location.pathname + location.search) return;
  // Before Dash hears of it: the page shows what the address asks for already.
  window.dash_clientside.set_props("shown", { data: address });
  history.replaceState(history.state, "", address + location.hash);
  dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
}
