// Elements made by hand: for what the browser writes itself.

// An element with properties, attributes (in `set`) and children; text is only ever text.
export function element(tag, properties = {}, ...children) {
  const { set = {}, ...rest } = properties;
  const node = Object.assign(document.createElement(tag), rest);
  for (const [name, value] of Object.entries(set)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// Say in a node what is wrong, or that nothing is.
export function complain(node, text) {
  if (!node) return;
  node.textContent = text || "";
  node.hidden = !text;
}
