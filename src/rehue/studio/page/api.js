// Requests to the studio: each bears the token, which the address brought in its fragment.

import { $ } from "./dom.js";

const given = new URLSearchParams(location.hash.slice(1));
if (given.has("token")) sessionStorage.setItem("token", given.get("token"));
export const wanted = given.get("open");
// Out of the address bar and the browser's history.
history.replaceState(null, "", location.pathname);

const GONE = "The studio does not answer: start it again with `rehue studio`. What you wished is kept.";

export class Refused extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, { method = "GET", json, form, signal } = {}) {
  const headers = { authorization: `Bearer ${sessionStorage.getItem("token") ?? ""}` };
  if (json) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api/${path}`, { method, headers, signal, body: json ? JSON.stringify(json) : form });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(GONE, 0);
  }
  if (answer.ok) return answer;
  if (answer.status === 401 && await tokenOfPerson()) return ask(path, { method, json, form, signal });
  const said = await answer.json().catch(() => ({}));
  throw new Refused(said.error ?? `The studio answered ${answer.status}.`, answer.status);
}

let asking = null;

/** Ask for the token, or the address with it; false where it is not given. */
function tokenOfPerson() {
  asking ??= new Promise((resolve) => {
    const dialog = $("login");
    dialog.onclose = () => {
      const text = $("login-token").value.trim();
      const token = /[#&]token=([^&]+)/.exec(text)?.[1] ?? text;
      $("login-token").value = "";
      asking = null;
      if (dialog.returnValue === "yes" && token) sessionStorage.setItem("token", token);
      resolve(dialog.returnValue === "yes" && Boolean(token));
    };
    dialog.returnValue = "";
    dialog.showModal();
  });
  return asking;
}

export async function table(path, options) {
  return (await ask(path, options)).json();
}

export async function send(path, file, name) {
  const form = new FormData();
  form.append("file", file, name ?? file.name ?? "photograph");
  return table(path, { method: "POST", form });
}

/** Show an answer in an <img>, and let go of the picture before. */
export async function show(image, answer) {
  const url = URL.createObjectURL(await (await answer).blob());
  const before = image.src;
  image.src = url;
  await image.decode().catch(() => {});
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}
