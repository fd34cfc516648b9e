// Asking the server: its answer, or in words why there is none.

const AWAY = "The server does not answer";

// What a problem document says is wrong.
export function problemIn(text) {
  try {
    return JSON.parse(text).detail;
  } catch {
    return "The server did not answer as it should.";
  }
}

export const problemOf = async (response) => problemIn(await response.text());

// `{ answer }`, which is empty where the server has nothing to say, or `{ problem, status }`; the
// status is 0 where nobody answers. `path` is what follows /api/.
export async function request(method, path, body) {
  const options = { method, headers: { "content-type": "application/json" } };
  if (body) options.body = JSON.stringify(body);
  let response, text;
  try {
    response = await fetch(`/api/${path}`, options);
    text = await response.text();
  } catch {
    return { problem: method === "GET" ? `${AWAY}.` : `${AWAY}; nothing was changed.`, status: 0 };
  }
  if (!response.ok) return { problem: problemIn(text), status: response.status };
  return { answer: text ? JSON.parse(text) : {} };
}
