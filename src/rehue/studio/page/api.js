// Requests to the studio: each bears the token, which the address brought in its fragment.

const given = new URLSearchParams(location.hash.slice(1));
if (given.has("token")) sessionStorage.setItem("token", given.get("token"));
export const wanted = given.get("open");
// Out of the address bar and the browser's history.
history.replaceState(null, "", location.pathname);

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export function setToken(token) {
  sessionStorage.setItem("token", token);
}

export async function ask(path, { method = "GET", json, form, signal } = {}) {
  const headers = { authorization: `Bearer ${sessionStorage.getItem("token") ?? ""}` };
  if (json) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/${path}`, { method, headers, signal, body: json ? JSON.stringify(json) : form });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused("The studio does not answer: start it again with `rehue studio`. What you wished is kept.", 0);
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  throw new Refused(said.error ?? `The studio answered ${answer.status}.`, answer.status);
}

export async function table(path, options) {
  return (await ask(path, options)).json();
}

export async function send(path, file, name) {
  const form = new FormData();
  form.append("file", file, name ?? file.name ?? "photograph");
  return table(path, { method: "POST", form });
}

/** Show a picture of the API in an <img>, and let go of the one before. */
export async function show(image, path, options) {
  const url = URL.createObjectURL(await (await ask(path, options)).blob());
  const before = image.src;
  image.src = url;
  await image.decode().catch(() => {});
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}
