// In a frame of another page: says how high this page is, so that its frame can be as high.

export function sayHeight() {
  const isEmbedded = document.documentElement.classList.contains("compact");
  if (!isEmbedded || window.parent === window) return;
  let said = 0;
  const say = () => {
    // What is in the page decides, never the frame: else each would follow the other.
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === said) return;
    said = height;
    // Whoever frames it sees as much; a page in a file has no origin to be named here.
    window.parent.postMessage({ type: "prunelab-height", height }, "*");
  };
  new ResizeObserver(say).observe(document.body);
}
