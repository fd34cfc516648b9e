// Scripts and styles that not every page needs.

// Load one; one that failed is asked for anew when it is next wanted.
export function load(address) {
  const isStyle = address.endsWith(".css");
  const kind = isStyle ? "link" : "script";
  const known = document.querySelector(`${kind}[data-loaded="${address}"]`);
  if (known) return known.loading;
  const node = document.createElement(kind);
  node.dataset.loaded = address;
  Object.assign(node, isStyle ? { rel: "stylesheet", href: address } : { src: address });
  node.loading = new Promise((done, failed) => {
    Object.assign(node, { onload: done, onerror: failed });
  });
  node.loading.catch(() => node.remove());
  document.head.append(node);
  return node.loading;
}
