// The HTML that shows a share in another page.

import { element } from "#basics/elements.js";

// Until the page in the frame has said how high it is, and where scripts are forbidden.
const FIRST_HEIGHT = 600;

// It stands right behind the frame, in one line, and hears of no other page.
const LISTENER =
  "(function (frame) { addEventListener('message', function (event) { " +
  "var said = event.data; " +
  "if (event.source === frame.contentWindow && said && said.type === 'prunelab-height' && " +
  "said.height > 0) frame.style.height = Math.min(said.height, 20000) + 'px'; " +
  "}); })(document.currentScript.previousElementSibling);";

export function embedCode(title, address) {
  const said = { title, src: address, width: "100%", height: FIRST_HEIGHT, style: "border:0" };
  const frame = element("iframe", { set: { ...said, allowfullscreen: "" } });
  return `${frame.outerHTML}<script>${LISTENER}</script>`;
}
