// Elements made by hand: for what the browser writes itself.
(function (lab) {
  // An element with properties, attributes (in `set`) and children; text is only ever text.
  lab.element = function (tag, properties = {}, ...children) {
    const { set = {}, ...rest } = properties;
    const node = Object.assign(document.createElement(tag), rest);
    for (const [name, value] of Object.entries(set)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
})((window.prunelab = window.prunelab || {}));
