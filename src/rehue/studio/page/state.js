// What is open: one photograph, one page of its file, and what is wished of it.

import { ask, send, table } from "./api.js";

export const open = { session: null, photo: null, edits: null, page: 1 };

/** Return width and height of the open page. */
export const size = () => open.photo.pages[open.page - 1];

let turn = new AbortController(); // ends with what is open
let reopening = null;

/** Open something else: what was asked of the one before is not waited for any more. */
export function change(what) {
  turn.abort();
  turn = new AbortController();
  Object.assign(open, what);
}

/** Return a signal that comes with the one given, and when something else is opened. */
function untilChanged(signal) {
  const both = new AbortController();
  for (const one of [turn.signal, signal]) {
    if (one?.aborted) both.abort();
    one?.addEventListener("abort", () => both.abort(), { once: true });
  }
  return both.signal;
}

/** Open a photograph again that the studio has let go of, or another studio never had. */
export function reopen(photo) {
  reopening ??= (async () => {
    const { edits, ...facts } = photo.file
      ? await send("photos", photo.file)
      : await table("photos", { method: "POST", json: { path: photo.name } });
    Object.assign(photo, facts);
    dispatchEvent(new CustomEvent("reopened", { detail: photo }));
  })().finally(() => { reopening = null; });
  return reopening;
}

/**
 * Ask for something of the open page.
 * @param {string} what
 * @param {() => object} query made anew where the photograph had to be opened again
 */
export async function askFor(what, query = () => ({}), { signal } = {}) {
  const { photo, page } = open;
  const options = { signal: untilChanged(signal) };
  const address = () => `photos/${photo.id}/${what}?${new URLSearchParams({ page, ...query(photo) })}`;
  try {
    return await ask(address(), options);
  } catch (error) {
    if (error.status !== 404) throw error;
    await reopen(photo);
    return ask(address(), options);
  }
}
