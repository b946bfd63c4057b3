// A picture whose colours are borrowed: all of them as a palette, or one with the eyedropper.

import { send } from "./api.js";
import { $, hex, named, say, speak } from "./dom.js";
import { give } from "./editor.js";
import { open } from "./state.js";

const WIDTH = 260; // px

export async function borrow(file) {
  if (!open.edits) return say("Open a photograph first, then the picture whose colours it is to have.", true);
  say(`Looking at the colours of ${file.name} …`);
  const { colors, picture } = await send("palette", file);
  say("");
  open.edits.change((now) => { now.wishes.palette = colors; });
  // The studio's own small copy: it knows formats that browsers do not.
  const bytes = Uint8Array.from(atob(picture), (one) => one.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const factor = Math.min(1, WIDTH / bitmap.width);
  const canvas = $("reference-picture");
  Object.assign(canvas, { width: Math.max(1, bitmap.width * factor), height: Math.max(1, bitmap.height * factor) });
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  cross = { x: 0.5, y: 0.5 };
  $("dropper").hidden = false;
}

export function lendNoMore() {
  open.edits.change((now) => { delete now.wishes.palette; });
  $("dropper").hidden = true;
}

// The eyedropper

let cross = { x: 0.5, y: 0.5 };

function colorAt({ x, y }) {
  const canvas = $("reference-picture");
  const [column, row] = [Math.floor(x * (canvas.width - 1)), Math.floor(y * (canvas.height - 1))];
  return hex(canvas.getContext("2d").getImageData(column, row, 1, 1).data);
}

const clamp = (value) => Math.max(0, Math.min(1, value));

function placeOf({ offsetX, offsetY, target }) {
  return { x: clamp(offsetX / target.clientWidth), y: clamp(offsetY / target.clientHeight) };
}

function point(place) {
  cross = place;
  const mark = $("dropper-mark");
  mark.hidden = false;
  mark.style.left = `${100 * place.x}%`;
  mark.style.top = `${100 * place.y}%`;
  mark.style.background = colorAt(place);
}

export function listenToReference() {
  const canvas = $("reference-picture");
  canvas.onpointermove = (event) => point(placeOf(event));
  canvas.onclick = (event) => give(colorAt(placeOf(event)));
  canvas.onfocus = () => { if (canvas.matches(":focus-visible")) point(cross); };
  canvas.onpointerleave = canvas.onblur = () => { $("dropper-mark").hidden = true; };
  canvas.onkeydown = (event) => {
    const step = event.shiftKey ? 0.1 : 0.02;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (by) {
      point({ x: clamp(cross.x + by[0]), y: clamp(cross.y + by[1]) });
      speak(named(colorAt(cross)));
    } else if (event.key === "Enter" || event.key === " ") give(colorAt(cross));
    else return;
    event.preventDefault();
  };
}
