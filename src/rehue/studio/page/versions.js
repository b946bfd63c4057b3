// The first screen of a photograph: four versions, of which one is taken.

import { show } from "./api.js";
import { $, make, showOnly, told } from "./dom.js";
import { setAlternative, startEditor } from "./editor.js";
import { sentence } from "./scan.js";
import { askFor, open, size } from "./state.js";

const preview = (alternative) => askFor("preview", () => ({ longest: 480, alternative }));

export async function startVersions() {
  showOnly("versions");
  const { photo } = open;
  $("kind").textContent = sentence(photo.finding);
  const first = choice(1, "the default");
  $("choices").replaceChildren(first);
  await told(() => show(first.querySelector("img"), preview(1)));
  if (photo !== open.photo) return;
  const { versions } = await (await askFor("versions")).json();
  if (photo !== open.photo) return;
  $("choices").replaceChildren(...versions.map(({ alternative }, number) => {
    const row = alternative === 1 ? first : choice(alternative);
    row.querySelector("span").textContent = name(alternative, number, versions.length);
    if (row !== first) told(() => show(row.querySelector("img"), preview(alternative)));
    return row;
  }));
  first.querySelector("button").focus({ preventScroll: true });
}

function name(alternative, number, count) {
  const how = number === 0 ? "Calm" : number === count - 1 ? "Bold" : "Between";
  return alternative === 1 ? `${how}, the default` : how;
}

function choice(alternative, said = "") {
  const image = make("img", { alt: "" });
  const { width, height } = size();
  image.style.aspectRatio = Math.max(3 / 4, Math.min(2, width / height)); // of its own shape, if that is no strip
  const button = make("button", { type: "button", onclick: () => told(() => take(alternative)) }, image, make("span", {}, said));
  return make("li", { "data-alternative": alternative }, button);
}

async function take(alternative) {
  await startEditor();
  setAlternative(alternative);
  $("stage").focus({ focusVisible: false });
}
