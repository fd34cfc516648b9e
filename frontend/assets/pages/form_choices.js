// Choices that go with the values of other fields, such as networks of the chosen model: the others
// are not offered, but for one that is chosen already, which the server says what is wrong with.

const offered = new WeakMap(); // what says it → the names that were offered last

export function offerFitting(ids, entered) {
  for (const node of document.querySelectorAll("#form [data-needs]")) {
    const { needs: name, choices } = node.dataset;
    const id = ids.find((each) => each.name === name);
    const data = JSON.parse(choices).filter(
      ({ value, needs }) => value === entered[name] || fits(needs, entered),
    );
    const names = data.map(({ value }) => value).join();
    if (!id || offered.get(node) === names) continue;
    offered.set(node, names);
    window.dash_clientside.set_props(id, { data: data.map(({ needs, ...choice }) => choice) });
  }
}

const fits = (needs, entered) =>
  Object.entries(needs).every(([name, values]) => values.includes(entered[name]));
