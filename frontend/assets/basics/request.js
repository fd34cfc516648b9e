// Asking the server: its answer, or in words why there is none.

const AWAY = "The server does not answer";

// A problem document; one in its stead where the server has sent none.
function documentIn(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: "The server did not answer as it should." };
  }
}

// What a problem document says is wrong.
export const problemIn = (text) => documentIn(text).detail;

export const problemOf = async (response) => problemIn(await response.text());

// What the API answers; `path` is what follows /api/.
export const request = (method, path, body) => ask(method, `/api/${path}`, body);

// The same of a file that is sent to it.
export const upload = (path, file) =>
  answered(`/api/${path}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: file,
  });

// `{ answer }`, which is empty where the server has nothing to say, or `{ problem, status, errors }`,
// the last for single fields; the status is 0 where nobody answers.
export function ask(method, address, body) {
  const options = { method, headers: { "content-type": "application/json" } };
  if (body) options.body = JSON.stringify(body);
  return answered(address, options);
}

async function answered(address, options) {
  let response, text;
  try {
    response = await fetch(address, options);
    text = await response.text();
  } catch {
    const problem = options.method === "GET" ? `${AWAY}.` : `${AWAY}; nothing was changed.`;
    return { problem, status: 0 };
  }
  if (!response.ok) {
    const { detail, errors = [] } = documentIn(text);
    return { problem: detail, status: response.status, errors };
  }
  return { answer: text ? JSON.parse(text) : {} };
}
