// Files of importances: uploaded beside the field that names one, deleted on the page of datasets.

import { askFor } from "#basics/ask.js";
import { request, upload } from "#basics/request.js";

async function send(button, file) {
  const field = { type: "field", name: button.dataset.field, holder: "input" };
  const set = (props) => window.dash_clientside.set_props(field, props);
  button.disabled = true;
  const query = new URLSearchParams({ file: file.name });
  const { problem } = await upload(`importances?${query}`, file);
  button.disabled = false;
  if (problem) return set({ error: problem });
  const { answer = [] } = await request("GET", "importances");
  set({ data: answer.map(({ name }) => name), value: file.name, error: null });
}

function choose(button) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".npy";
  input.onchange = () => input.files.length && send(button, input.files[0]);
  input.click();
}

function remove({ dataset }) {
  askFor({
    title: `Delete the importances ${dataset.name}?`,
    words: "Runs that used them keep their results.",
    action: "Delete",
    async take() {
      const path = `importances/${encodeURIComponent(dataset.name)}`;
      const { problem } = await request("DELETE", path);
      document.getElementById("datasets-changed")?.click();
      return problem;
    },
  });
}

document.addEventListener("click", ({ target }) => {
  const uploading = target.closest("[data-upload=importances]");
  if (uploading) choose(uploading);
  const removing = target.closest("[data-importances=delete]");
  if (removing) remove(removing);
});
