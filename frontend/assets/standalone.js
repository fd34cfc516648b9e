// Opens a page that stands by itself, without Dash: a share, an embedded one, a file.

import { showBanner } from "#basics/banner.js";
import "#basics/explain.js";
import { openComments } from "#pages/comments.js";
import { sayHeight } from "#pages/embedded.js";
import "#pages/export.js";
import { openSheet } from "#pages/live.js";

const main = document.querySelector("main[data-sheet]");
const inline = document.getElementById("sheet");

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response.json();
}

sayHeight();
openComments();
try {
  openSheet(inline ? JSON.parse(inline.textContent) : await fetched(main.dataset.sheet));
} catch (error) {
  showBanner(`This page could not be loaded: ${error.message}. Reload it to try again.`);
}
