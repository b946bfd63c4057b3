// The page: from a photograph dropped to one saved.

import { ask, Refused, send, setToken, show, table, wanted } from "./api.js";
import { $, make, say, swatch, told } from "./dom.js";
import { Edits } from "./edits.js";
import { closeMenu, openMenu } from "./menu.js";
import { hex, Stage } from "./stage.js";
import { Strip } from "./strip.js";
import { drawWishes } from "./wishes.js";

let session;
let photo = null;
let edits = null;
let shown = 0; // the newest revision that is on the screen
const strip = new Strip((item) => openItem(item));

// One photograph

async function openItem(item) {
  if (item.id) await openPhoto(await table(`photos/${item.id}`));
  else await openPhoto(await table("photos", { method: "POST", json: { path: item.name } }));
}

async function openFiles(files) {
  for (const [number, file] of [...files].entries()) {
    if (/\.json$/i.test(file.name)) {
      await importEdits(file);
      continue;
    }
    say(`Opening ${file.name} …`);
    const opened = await told(() => send("photos", file));
    if (!opened) continue;
    strip.dropped.push(opened);
    await strip.refresh();
    if (number === 0) await openPhoto(opened);
  }
}

async function openPhoto(opened) {
  closeMenu();
  photo = opened;
  edits = new Edits(photo);
  shown = 0;
  sessionStorage.setItem("photo", JSON.stringify(photo.can_save ? { name: photo.name } : { id: photo.id, name: photo.name }));
  edits.addEventListener("change", ({ isByHand }) => drawEdits(isByHand));
  edits.addEventListener("sent", () => { told(refreshPreview); drawNotes(); strip.touch(photo); });
  edits.addEventListener("refused", ({ error }) => say(
    error.status === 409 ? "It was changed elsewhere: this is how it is now; Undo brings yours back." : error.message, true));
  $("title").textContent = photo.name;
  document.title = `${photo.name} – Rehue studio`;
  strip.mark(photo);
  drawNotes();
  const isTouched = photo.edits.hints.length || Object.keys(photo.edits.wishes).length;
  if (isTouched) await startEditor();
  else await startVersions();
  if (!strip.items.length || photo.can_save) strip.refresh().then(() => strip.mark(photo)).catch(() => {});
}

function drawNotes() {
  const facts = [];
  if (photo.model) facts.push(`It was coloured by Rehue already (${photo.model}): open the original to save.`);
  else if (photo.tone === "coloured") facts.push("It is in colour already; only its lightness is used, unless Refresh is on.");
  if (photo.pages > 1) facts.push(`Page 1 of ${photo.pages} is shown; all are saved.`);
  say([...facts, ...photo.notes].join(" "), Boolean(photo.notes.length));
}

function showOnly(id) {
  for (const section of ["start", "versions", "editor"]) $(section).hidden = section !== id;
  $("save").disabled = id === "start" || Boolean(photo?.model);
}

// The first screen: four versions

async function startVersions() {
  showOnly("versions");
  const at = `photos/${photo.id}`;
  const mine = photo;
  const first = choice(1, "the likeliest");
  $("choices").replaceChildren(first);
  await told(() => show(first.querySelector("img"), `${at}/preview?longest=480&alternative=1`));
  const { versions } = await table(`${at}/versions`);
  if (photo !== mine) return;
  $("choices").replaceChildren(...versions.map(({ alternative }, number) => {
    const row = alternative === 1 ? first : choice(alternative);
    row.querySelector("span").textContent = name(alternative, number, versions.length);
    if (row !== first) told(() => show(row.querySelector("img"), `${at}/preview?longest=480&alternative=${alternative}`));
    return row;
  }));
  first.querySelector("button").focus({ preventScroll: true });
}

function name(alternative, number, count) {
  const how = number === 0 ? "Calm" : number === count - 1 ? "Bold" : "Between";
  return alternative === 1 ? `${how}, the likeliest` : how;
}

function choice(alternative, said = "") {
  const button = make("button", { type: "button", onclick: () => told(() => take(alternative)) },
    make("img", { alt: "" }), make("span", {}, said));
  return make("li", { "data-alternative": alternative }, button);
}

async function take(alternative) {
  await startEditor();
  setAlternative(alternative);
  $("stage").focus({ focusVisible: false });
}

// The editor

const stage = new Stage({
  click: (place, number) => openMenu({
    photo, x: place.x, y: place.y, at: stage.at(place), used: usedColors(), isHint: number >= 0,
    choose: (color) => setColor(place, number, color),
    pin: () => setColor(place, number, stage.colorAt(place)),
    remove: () => removeHint(number),
    back: () => $("stage").focus({ focusVisible: false, preventScroll: true }),
  }),
  move: (number, { x, y }) => edits.change((now) => Object.assign(now.hints[number], { x, y }), `move ${number}`),
  radius: (number, factor) => edits.change((now) => {
    const hint = now.hints[number];
    hint.radius = Math.min(0.25, Math.max(0.001, (hint.radius ?? 0.003) * factor));
  }, `radius ${number}`),
  remove: (number) => removeHint(number),
  pin: (place) => setColor(place, -1, stage.colorAt(place)),
});

function setColor({ x, y }, number, color) {
  edits.change((now) => {
    if (number >= 0) now.hints[number].color = color;
    else now.hints.push({ x, y, color, unit: "share" });
  });
  stage.choose(number >= 0 ? number : edits.now.hints.length - 1);
}

function removeHint(number) {
  edits.change((now) => now.hints.splice(number, 1));
  stage.choose(-1);
  $("stage").focus({ focusVisible: false, preventScroll: true });
}

const usedColors = () => [...new Set([...edits.now.hints.map((hint) => hint.color), ...(edits.now.wishes.palette ?? [])])].slice(0, 16);

function setAlternative(alternative) {
  edits.change((now) => {
    if (alternative === 1) delete now.wishes.alternative;
    else now.wishes.alternative = alternative;
  });
}

async function startEditor() {
  showOnly("editor");
  stage.open(photo);
  stage.setHints(edits.now.hints);
  drawEdits();
  drawAgain();
  await Promise.all([show($("grey"), `photos/${photo.id}/grey?longest=${longest()}`), refreshPreview()]);
}

/** Return the longest side of the preview that fills the stage (px of the screen). */
function longest() {
  const room = $("stage").getBoundingClientRect();
  return Math.max(480, Math.round(Math.max(room.width, room.height) * devicePixelRatio));
}

async function refreshPreview() {
  const { id, revision } = photo;
  try {
    await show($("color"), `photos/${id}/preview?longest=${longest()}&revision=${revision}`);
  } catch (error) {
    if (error.status === 409) return; // a newer one is on its way
    throw error;
  }
  if (photo.id !== id || revision < shown) return;
  shown = revision;
  document.body.dataset.shown = `${revision}`;
  stage.outdated();
  if ($("confidence").checked) await told(drawConfidence);
}

async function drawConfidence() {
  $("sure").hidden = !$("confidence").checked;
  if ($("confidence").checked) await show($("sure"), `photos/${photo.id}/confidence?longest=480`);
}

function drawEdits(isByHand = false) {
  // What is being typed or pulled stays under the hand.
  const held = document.activeElement;
  if (!isByHand || !$("wishes").contains(held) || held.tagName === "BUTTON") {
    drawWishes(session.wishes, photo, edits);
    if (held.id) $(held.id)?.focus({ preventScroll: true });
  }
  stage.setHints(edits.now.hints);
  $("undo").disabled = !edits.past.length;
  $("redo").disabled = !edits.future.length;
  for (const button of $("again").children) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.alternative) === (edits.now.wishes.alternative ?? 1)));
  }
  const palette = edits.now.wishes.palette ?? [];
  $("palette").replaceChildren(...palette.map((color) => swatch(color, "", () => recolor(color))));
  $("no-palette").hidden = !palette.length;
  $("hello").hidden = edits.now.hints.length > 0;
}

function drawAgain() {
  const buttons = [1, 2, 3, 4].map((alternative) => {
    const image = make("img", { alt: `Version ${alternative}` });
    told(() => show(image, `photos/${photo.id}/preview?longest=480&alternative=${alternative}`));
    return make("button", { type: "button", "data-alternative": alternative, onclick: () => setAlternative(alternative) }, image);
  });
  $("again").replaceChildren(...buttons);
  drawEdits();
}

/** Give the chosen hint a colour of the palette or the reference. */
function recolor(color) {
  if (stage.chosen < 0) return say("Choose a hint first: click where the colour is wrong.");
  return setColor(edits.now.hints[stage.chosen], stage.chosen, color);
}

async function borrow(file) {
  const { colors } = await send("palette", file);
  edits.change((now) => { now.wishes.palette = colors; });
  const canvas = $("reference-picture");
  const picture = await createImageBitmap(file).catch(() => null); // not all formats are the browser's
  canvas.hidden = !picture;
  if (!picture) return;
  const factor = Math.min(1, 260 / picture.width);
  Object.assign(canvas, { width: picture.width * factor, height: picture.height * factor });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
}

// Files

async function save() {
  if (!photo || photo.model) return;
  await edits.sending;
  if (!photo.can_save) return download(`photos/${photo.id}/result`, null);
  await follow(await table(`photos/${photo.id}/save`, { method: "POST", json: {} }));
}

async function follow(task) {
  const progress = $("progress");
  progress.hidden = false;
  $("cancel").hidden = task.kind !== "folder";
  $("cancel").onclick = () => told(() => ask(`tasks/${task.id}`, { method: "DELETE" }));
  try {
    while (task.state === "running") {
      if (task.total > 1) Object.assign(progress, { max: task.total, value: task.done });
      else progress.removeAttribute("value");
      say(task.total > 1 ? `Colouring ${task.done + 1} of ${task.total} …` : "Saving at full size …");
      await new Promise((resolve) => { setTimeout(resolve, 250); });
      task = await table(`tasks/${task.id}`);
    }
  } finally {
    progress.hidden = true;
    $("cancel").hidden = true;
  }
  if (task.state === "kept") askToReplace(task);
  else if (task.kind === "folder") say(`${task.results.length} of ${task.total} are there${task.state === "cancelled" ? ", then stopped" : ""}. ${task.lines.slice(0, 3).join(" ")}`, task.state === "failed");
  else say(task.results.length ? `Saved: ${task.results.join(", ")}. ${task.lines.join(" ")}` : task.lines.join(" "), task.state === "failed");
  await strip.refresh();
}

function askToReplace(task) {
  $("replace-what").textContent = task.lines[0] ?? "";
  $("replace-no").onclick = () => $("replace").close();
  $("replace-yes").onclick = () => {
    $("replace").close();
    told(async () => follow(await table(`photos/${photo.id}/save`, { method: "POST", json: { overwrite: true } })));
  };
  say("");
  $("replace").showModal();
}

async function download(path, name) {
  say("Saving at full size …");
  const answer = await ask(path);
  const said = /filename\*=utf-8''(.*)$/.exec(answer.headers.get("content-disposition") ?? "");
  offer(await answer.blob(), name ?? decodeURIComponent(said?.[1] ?? "colored"));
}

function offer(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  say(`${name} is in the browser's downloads.`);
}

async function importEdits(file) {
  if (!edits) return say("Open a photograph first, then its wishes.", true);
  let read;
  try {
    read = JSON.parse(await file.text());
  } catch {
    return say(`${file.name} is not JSON.`, true);
  }
  const unit = read.unit ?? "pixels";
  const hints = (Array.isArray(read) ? read : (read.hints ?? [])).map((hint) => inShares({ unit, ...hint }));
  return edits.change((now) => { Object.assign(now, { hints, wishes: read.wishes ?? {} }); });
}

function inShares({ unit, ...hint }) {
  if (unit !== "pixels") return { ...hint, unit };
  const radius = (hint.radius ?? 4) / Math.max(photo.width, photo.height);
  return { ...hint, x: hint.x / photo.width, y: hint.y / photo.height, radius, unit: "share" };
}

// What a person does

function listen() {
  $("file").onchange = (event) => told(() => openFiles(event.target.files));
  $("sample").onclick = () => told(async () => {
    const answer = await fetch("/page/sample.jpg");
    await openFiles([new File([await answer.blob()], "sample.jpg", { type: "image/jpeg" })]);
  });
  $("undo").onclick = () => edits?.undo();
  $("redo").onclick = () => edits?.redo();
  $("save").onclick = () => told(save);
  $("zoom").onclick = () => stage.toggleZoom();
  $("hold").onpointerdown = () => stage.setGrey(true);
  for (const end of ["onpointerup", "onpointerleave", "onblur"]) $("hold")[end] = () => stage.setGrey(false);
  $("hold").onkeydown = ({ key }) => { if (key === " " || key === "Enter") stage.setGrey(true); };
  $("hold").onkeyup = () => stage.setGrey(false);
  $("confidence").onchange = () => told(drawConfidence);
  $("no-palette").onclick = () => { edits.change((now) => { delete now.wishes.palette; }); $("reference-picture").hidden = true; };
  $("reference-file").onchange = (event) => told(() => borrow(event.target.files[0]));
  $("reference-picture").onclick = (event) => {
    const { offsetX, offsetY, target } = event;
    recolor(hex(target.getContext("2d").getImageData(offsetX, offsetY, 1, 1).data));
  };
  $("export").onclick = () => offer(new Blob([JSON.stringify(edits.now, null, 1)], { type: "application/json" }), `${photo.name.split("/").pop()}.rehue.json`);
  $("import").onchange = (event) => told(() => importEdits(event.target.files[0]));
  $("folder").onclick = () => told(async () => follow(await table("folder/color", { method: "POST", json: { wishes: edits?.now.wishes ?? {} } })));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    const isReference = Boolean(event.target.closest?.("#reference"));
    $("reference").classList.toggle("over", isReference);
    document.body.classList.toggle("over", !isReference);
  });
  document.addEventListener("dragleave", () => { document.body.classList.remove("over"); $("reference").classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    $("reference").classList.remove("over");
    const { files } = event.dataTransfer;
    if (!files.length) return;
    if (event.target.closest?.("#reference")) told(() => borrow(files[0]));
    else told(() => openFiles(files));
  });
  document.addEventListener("paste", (event) => { if (event.clipboardData.files.length) told(() => openFiles(event.clipboardData.files)); });
  document.addEventListener("keydown", onKey);
  document.addEventListener("keyup", ({ key }) => { if (key === "g") stage.setGrey(false); });
  window.addEventListener("blur", () => stage.setGrey(false));
}

function onKey(event) {
  const key = event.key.toLowerCase();
  if (key === "escape" && $("menu").open) return closeMenu();
  if (event.ctrlKey || event.metaKey) {
    const act = { z: event.shiftKey ? () => edits?.redo() : () => edits?.undo(), y: () => edits?.redo(), s: () => told(save) }[key];
    if (!act || event.target.type === "number") return undefined;
    event.preventDefault();
    return act();
  }
  if (event.target.matches("input[type=number], dialog *") || event.altKey) return undefined;
  const acts = {
    n: () => strip.step(1), p: () => strip.step(-1), g: () => stage.setGrey(true), z: () => stage.toggleZoom(),
    c: () => $("confidence").click(),
  };
  return photo && acts[key]?.();
}

async function start() {
  $("loading").hidden = true;
  listen();
  showOnly("start");
  try {
    session = await table("session");
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 401) throw error;
    const token = prompt("The token that was printed when the studio started, or the password:");
    if (!token) throw error;
    setToken(token);
    session = await table("session");
  }
  $("file").accept = session.formats.endings.join(",");
  await strip.refresh();
  const before = JSON.parse(sessionStorage.getItem("photo") ?? "null");
  if (wanted) await openItem({ name: wanted });
  else if (before) await openItem(before).catch(() => sessionStorage.removeItem("photo"));
  else if (strip.items.length) await openItem(strip.items[0]);
}

told(start);
